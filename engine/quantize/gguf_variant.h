#pragma once

#include "engine/quantize/variant_writer.h"

namespace engine {

/// Whether llama.cpp's file holds the source's architecture and the policy's schemes: symmetric groups of 32
/// in 4 bits (Q4_0) or 8 (Q8_0), f32, f16 and bf16. Errors: unsupported, with what to do instead.
Result<void> checkGguf(const ModelConfig& config, const VariantFacts& facts);

/// OUT/model.gguf with weights, configuration and vocabulary. Errors: as writeGguf(), ggufEntries().
Result<void> writeGgufVariant(const std::filesystem::path& out, const Checkpoint& source,
                              const VariantFacts& facts, const std::vector<Part>& parts,
                              std::stop_token stop);

}  // namespace engine
