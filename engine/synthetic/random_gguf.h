#pragma once

#include "engine/synthetic/random_model.h"

namespace engine {

/// makeRandomModel() for RandomFormat::gguf: one file, with tied embeddings. bf16 gives BF16 matrices, q4_0
/// Q4_0 ones with a Q8_0 embedding; norms and RoPE's divisors are F32.
Result<RandomModelReport> makeRandomGguf(const ModelShape& shape, const RandomModelRequest& request,
                                         std::stop_token stop);

}  // namespace engine
