#pragma once

#include <vector>

#include "engine/checkpoint/gguf_writer.h"
#include "engine/tokenizer/vocabulary.h"

namespace engine {

/// tokenizer.ggml.* as llama.cpp wants them: `vocabSize` tokens, as many as the embedding has rows, so that
/// missing ones are filled with unused names and surplus special tokens are left out. `stopTokens`: those of
/// the model's own configuration, may be empty. Errors: invalidInput where ordinary tokens exceed the
/// embedding. Source: llama.cpp, convert_hf_to_gguf.py and src/llama-vocab.cpp.
Result<std::vector<GgufEntry>> ggufEntries(const Vocabulary& vocabulary, std::int64_t vocabSize,
                                           const std::vector<TokenId>& stopTokens);

}  // namespace engine
