#include "engine/tokenizer/tokenizer.h"

#include "engine/checkpoint/checkpoint.h"
#include "engine/tokenizer/bpe_tokenizer.h"
#include "engine/tokenizer/sentencepiece_tokenizer.h"
#include "engine/tokenizer/vocabulary.h"

namespace engine {
namespace {

Result<std::shared_ptr<const Tokenizer>> create(BpeVocabulary vocabulary) {
    return BpeTokenizer::create(std::move(vocabulary));
}
Result<std::shared_ptr<const Tokenizer>> create(SentencePieceModel model) {
    return SentencePieceTokenizer::create(std::move(model));
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> Tokenizer::load(const Checkpoint& checkpoint) {
    auto vocabulary = readVocabulary(checkpoint);
    if (!vocabulary)
        return vocabulary.error();
    auto made = std::visit([](auto& known) { return create(std::move(known)); }, *vocabulary);
    if (!made)
        return made.error().in(
            (checkpoint.tokenizerFile.empty() ? checkpoint.path : checkpoint.tokenizerFile).string());
    return made;
}

std::vector<TokenId> Tokenizer::encodeWithSpecials(std::string_view text) const {
    std::vector<TokenId> ids;
    std::size_t plain = 0;
    const auto flush = [&](std::size_t end) {
        if (end > plain) {
            const auto part = encode(text.substr(plain, end - plain));
            ids.insert(ids.end(), part.begin(), part.end());
        }
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::pair<std::string, TokenId>* found = nullptr;
        for (const auto& special : specials())
            if (!special.first.empty() && text.substr(at).starts_with(special.first)) {
                found = &special;
                break;
            }
        if (found == nullptr) {
            ++at;
            continue;
        }
        flush(at);
        ids.push_back(found->second);
        at += found->first.size();
        plain = at;
    }
    flush(text.size());
    return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
    std::string text;
    bool dropSpace = beginsWithSpace();
    for (const TokenId id : ids) {
        auto piece = bytes(id);
        if (dropSpace && !isSpecial(id)) {
            dropSpace = false;
            if (piece.starts_with(' '))
                piece.erase(0, 1);
        }
        text += piece;
    }
    return text;
}

}  // namespace engine
