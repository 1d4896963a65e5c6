#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/checkpoint/gguf_metadata.h"
#include "engine/tokenizer/pre_splitter.h"

namespace engine {

/// What a byte-level BPE tokenizer needs, whatever file it came from.
struct BpeVocabulary {
    std::string kind;                 ///< "tiktoken" or "byte-level BPE"
    std::vector<std::string> tokens;  ///< bytes by id; specials by name
    std::vector<std::pair<std::string, TokenId>> specials;
    /// Rank of joining two pieces, by "left right" with a 0 byte between; empty for tiktoken, where the
    /// joined piece's id ranks.
    std::unordered_map<std::string, std::int32_t> merges;
    bool wholePieceFirst = true;  ///< a piece that is a token is that token ("ignore_merges")
    PreSplitter::Pattern pattern = PreSplitter::Pattern::llama3;
    std::optional<TokenId> beginOfText;
    bool addsBeginOfText = true;
    std::vector<TokenId> stopTokens;
};

/// Meta's tokenizer.model: a line "base64 rank" per token; 256 special ids follow. Errors: corrupt with the
/// line.
Result<BpeVocabulary> readTiktoken(std::string_view file);
/// Hugging Face's tokenizer.json with a byte-level BPE model. Errors: corrupt, unsupported.
Result<BpeVocabulary> readTokenizerJson(std::string_view file);
/// GGUF metadata with tokenizer.ggml.model = gpt2. Errors: corrupt, notFound.
Result<BpeVocabulary> readGgufBpe(const GgufMetadata& metadata);

/// Bytes of a token written in GPT-2's byte alphabet; nothing when a character is not in it.
std::optional<std::string> fromByteAlphabet(std::string_view text);
/// The opposite: any bytes in that alphabet, as UTF-8.
std::string toByteAlphabet(std::string_view bytes);

/// How many special tokens end every Llama 3 vocabulary.
constexpr int kLlamaSpecials = 256;
/// Their names by the distance from the first one, 0 to 255: "<|begin_of_text|>" …
std::string llamaSpecial(int index);

}  // namespace engine
