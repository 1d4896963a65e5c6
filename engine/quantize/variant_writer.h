#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "engine/checkpoint/checkpoint.h"
#include "engine/quantize/part_store.h"
#include "engine/quantize/policy.h"

namespace engine {

/// What the finished variant is beside its tensors.
struct VariantFacts {
    std::string name;  ///< the policy's id
    VariantLayout layout = VariantLayout::safetensors;
    bool rotated = false;       ///< w2 wants the online transform (R4)
    bool rotatesHeads = false;  ///< heads of q and k want it, too (R3)
    int activationBits = 8;     ///< of what the blocks' linears read
    bool untied = false;
    std::int64_t groupSize = 32;
    std::map<std::string, WeightScheme> schemes;  ///< of every weight that is not floating, without .weight
};

inline constexpr const char* kGgufVariantFile = "model.gguf";  ///< inside the variant's folder

/// Whether a source can be written in the layout: Meta's has neither biases nor head widths of its own, and
/// schemes and activations other than the family's are not its; as checkGguf() for GGUF. Only GGUF holds a
/// table of RoPE divisors that no scaling explains. Errors: unsupported, with what to do instead.
Result<void> checkLayout(const ModelConfig& config, const VariantFacts& facts);

/// Writes weights, configuration and tokenizer into `out`. Errors: io, cancelled.
Result<void> writeVariant(const std::filesystem::path& out, const Checkpoint& source,
                          const VariantFacts& facts, const std::vector<Part>& parts, std::stop_token stop);

}  // namespace engine
