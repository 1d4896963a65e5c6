#include "engine/synthetic/random_vocabulary.h"

#include "engine/tokenizer/base64.h"
#include "engine/tokenizer/bpe_vocabulary.h"

namespace engine {
namespace {

constexpr std::int64_t kBytes = 256;
// Places among the special tokens.
constexpr std::int64_t kBeginOfText = 0;
constexpr std::int64_t kEndOfMessage = 8;
constexpr std::int64_t kEndOfTurn = 9;

}  // namespace

std::vector<std::string> randomPieces(std::int64_t count) {
    std::vector<std::string> pieces;
    pieces.reserve(static_cast<std::size_t>(count));
    for (std::int64_t byte = 0; byte < kBytes && byte < count; ++byte)
        pieces.emplace_back(1, static_cast<char>(byte));
    // Numbers from 26 on in base 26, lowest digit first: two letters and more, none twice.
    for (std::int64_t number = 26; static_cast<std::int64_t>(pieces.size()) < count; ++number) {
        auto& piece = pieces.emplace_back();
        for (std::int64_t n = number; n > 0; n /= 26)
            piece += static_cast<char>('a' + n % 26);
    }
    return pieces;
}

std::string randomTiktoken(std::int64_t pieces) {
    std::string text;
    std::int64_t rank = 0;
    for (const auto& piece : randomPieces(pieces))
        text += encodeBase64(piece) + " " + std::to_string(rank++) + "\n";
    return text;
}

std::vector<GgufEntry> randomGgufTokenizer(std::int64_t vocabSize) {
    constexpr std::int32_t kNormal = 1;
    constexpr std::int32_t kControl = 3;
    const std::int64_t firstSpecial = vocabSize - kLlamaSpecials;
    std::vector<std::string> tokens;
    std::vector<std::string> merges;
    for (const auto& piece : randomPieces(firstSpecial)) {
        tokens.push_back(toByteAlphabet(piece));
        if (piece.size() > 1)  // letters stand for themselves in the byte alphabet
            merges.push_back(piece.substr(0, 1) + " " + piece.substr(1));
    }
    std::vector<std::int32_t> types(tokens.size(), kNormal);
    for (int i = 0; i < kLlamaSpecials; ++i) {
        tokens.push_back(llamaSpecial(i));
        types.push_back(kControl);
    }
    const auto special = [&](std::int64_t place) { return static_cast<std::uint32_t>(firstSpecial + place); };
    return {{"tokenizer.ggml.model", std::string("gpt2")},
            {"tokenizer.ggml.pre", std::string("llama-bpe")},
            {"tokenizer.ggml.tokens", std::move(tokens)},
            {"tokenizer.ggml.token_type", std::move(types)},
            {"tokenizer.ggml.merges", std::move(merges)},
            {"tokenizer.ggml.bos_token_id", special(kBeginOfText)},
            {"tokenizer.ggml.eos_token_id", special(kEndOfTurn)},
            {"tokenizer.ggml.eom_token_id", special(kEndOfMessage)},
            {"tokenizer.ggml.eot_token_id", special(kEndOfTurn)},
            {"tokenizer.ggml.add_bos_token", true}};
}

}  // namespace engine
