#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/checkpoint/gguf_writer.h"

namespace engine {

/// The ordinary pieces of a random model's vocabulary: the 256 bytes, then letter sequences by growing
/// length, each of which is one letter before an earlier piece.
std::vector<std::string> randomPieces(std::int64_t count);

/// The same vocabulary in tiktoken's form, a line "base64 rank" per piece.
std::string randomTiktoken(std::int64_t pieces);

/// The same vocabulary with Llama 3's special tokens behind it as GGUF metadata (tokenizer.ggml.*), as
/// llama.cpp wants it: byte-level BPE with every merge.
std::vector<GgufEntry> randomGgufTokenizer(std::int64_t vocabSize);

}  // namespace engine
