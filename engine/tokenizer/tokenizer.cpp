#include "engine/tokenizer/tokenizer.h"

#include "engine/base/mapped_file.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/tokenizer/bpe_tokenizer.h"
#include "engine/tokenizer/sentencepiece_tokenizer.h"

namespace engine {
namespace {

constexpr std::size_t kMaxFile = std::size_t{128} << 20;

/// Meta's file is text: base64, a space, a rank. A protobuf's first byte (0x0a) is a line feed, which no such
/// line begins with.
bool looksLikeTiktoken(std::string_view file) {
    const auto line = file.substr(0, file.find('\n'));
    const auto space = line.find(' ');
    return !file.empty() && file.front() != '\n' && space != std::string_view::npos && space > 0 &&
           line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
               space;
}

template <class Vocabulary, class Create>
Result<std::shared_ptr<const Tokenizer>> from(Result<Vocabulary> vocabulary, const Create& create) {
    if (!vocabulary)
        return vocabulary.error();
    return create(std::move(*vocabulary));
}

Result<std::shared_ptr<const Tokenizer>> loadFile(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    if (bytes.size() > kMaxFile)
        return Error{ErrorCode::corrupt, "tokenizer: the file is larger than 128 MiB"};
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (path.extension() == ".json")
        return from(readTokenizerJson(text), BpeTokenizer::create);
    if (looksLikeTiktoken(text))
        return from(readTiktoken(text), BpeTokenizer::create);
    return from(readSentencePiece(text), SentencePieceTokenizer::create);
}

}  // namespace

Result<std::shared_ptr<const Tokenizer>> Tokenizer::load(const Checkpoint& checkpoint) {
    if (!checkpoint.tokenizerFile.empty()) {
        auto loaded = loadFile(checkpoint.tokenizerFile);
        if (!loaded)
            return loaded.error().in(checkpoint.tokenizerFile.string());
        return loaded;
    }
    const auto model = checkpoint.metadata.text("tokenizer.ggml.model");
    if (model == "gpt2" || model == "llama") {
        auto loaded = model == "gpt2"
                          ? from(readGgufBpe(checkpoint.metadata), BpeTokenizer::create)
                          : from(readGgufSentencePiece(checkpoint.metadata), SentencePieceTokenizer::create);
        if (!loaded)
            return loaded.error().in(checkpoint.path.string());
        return loaded;
    }
    if (model)
        return Error{ErrorCode::unsupported,
                     "tokenizer: GGUF vocabulary kind '" + *model + "' is not read; gpt2 and llama are"};
    return Error{ErrorCode::notFound, "there is no tokenizer beside " + checkpoint.path.string() +
                                          "; put tokenizer.model or tokenizer.json into the model's folder"};
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
