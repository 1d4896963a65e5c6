#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/weight_scheme.h"

namespace engine {

/// What a safetensors file of this program's own schemes says about itself, as JSON under kVariantMetadata in
/// its `__metadata__`.
struct VariantMetadata {
    struct Weight {
        WeightScheme scheme;
        std::int64_t rows = 0;
        std::int64_t cols = 0;
        bool operator==(const Weight&) const = default;
    };
    std::string variant;         ///< for people: "rtn-int3"
    bool hadamardFfn = false;    ///< online Hadamard on the input of w2
    bool hadamardHeads = false;  ///< online Hadamard on heads of q and k, after RoPE
    int activationBits = 8;      ///< of what the blocks' linears read
    std::map<std::string, Weight, std::less<>>
        weights;  ///< by Meta's name without .weight; floating ones are left out
    bool operator==(const VariantMetadata&) const = default;
};

inline constexpr const char* kVariantMetadata = "anven.variant";

std::string toText(const VariantMetadata& metadata);
/// Errors: corrupt, for text that is not such JSON, unknown schemes and impossible shapes; unsupported for
/// words that this version does not know, because what they ask for would be left undone.
Result<VariantMetadata> readVariantMetadata(std::string_view text);

/// Replaces the parts of every coded weight among the checkpoint's tensors by one tensor of type coded, and
/// notes the stated schemes. Errors: as CodedWeight::create().
Result<void> applyVariant(Checkpoint& checkpoint, const VariantMetadata& metadata);

}  // namespace engine
