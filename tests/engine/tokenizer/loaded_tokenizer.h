#pragma once

#include <QtTest>
#include <filesystem>
#include <memory>
#include <vector>

#include "engine/checkpoint/checkpoint.h"
#include "engine/tokenizer/tokenizer.h"

namespace tokenizertest {

using TokenizerPointer = std::shared_ptr<const engine::Tokenizer>;

/// The tokenizer of a tokenizer.model or tokenizer.json, without a model beside it.
inline engine::Result<TokenizerPointer> fromFile(const std::filesystem::path& file) {
    engine::Checkpoint checkpoint;
    checkpoint.path = file.parent_path();
    checkpoint.tokenizerFile = file;
    return engine::Tokenizer::load(checkpoint);
}

/// The tokenizer of a whole model (a GGUF holds its own).
inline engine::Result<TokenizerPointer> fromModel(const std::filesystem::path& model) {
    auto checkpoint = engine::Checkpoint::open(model.string());
    if (!checkpoint)
        return checkpoint.error();
    return engine::Tokenizer::load(**checkpoint);
}

inline std::vector<std::int32_t> rawIds(const std::vector<engine::TokenId>& ids) {
    std::vector<std::int32_t> numbers;
    for (const auto id : ids)
        numbers.push_back(engine::raw(id));
    return numbers;
}

/// Ids as text, so that a failure shows both lists.
inline QString idText(const std::vector<engine::TokenId>& ids) {
    QStringList list;
    for (const auto id : ids)
        list << QString::number(engine::raw(id));
    return list.join(' ');
}

inline bool isUtf8(const std::string& text) {
    QStringDecoder decoder(QStringDecoder::Utf8, QStringConverter::Flag::Stateless);
    [[maybe_unused]] const QString decoded =
        decoder(QByteArrayView(text.data(), static_cast<qsizetype>(text.size())));
    return !decoder.hasError();
}

}  // namespace tokenizertest
