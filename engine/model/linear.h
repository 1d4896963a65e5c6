#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/weight_loader.h"

namespace engine {

/// Low-rank adapter: y += scale * (x A^T) B^T on the unquantized input. A: [rank, in], B: [out, rank].
struct LoraAdapter {
    PackedMatrix a;
    PackedMatrix b;
    float scale = 1.0F;
};

/// One linear layer: packed weights, optional bias and adapter, optional online Hadamard transform of its
/// input.
struct Linear {
    PackedMatrix weight;
    std::vector<float> bias;  // [rows] or empty
    std::optional<LoraAdapter> lora;
    bool hadamardInput = false;

    std::int64_t bytes() const;
};

/// Loads `prefix`.weight (and .scales, .bias, .adaptor.*). Errors: as WeightLoader::load().
Result<Linear> loadLinear(WeightLoader& weights, const std::string& prefix, const PackOptions& options);

}  // namespace engine
