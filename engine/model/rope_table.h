#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/model/model_config.h"

namespace engine {

/// cos and sin of every position's angles: [positions, headDim/2] each. Angles and frequencies are computed
/// in f32, as the family's reference does: in f64 the logits at position 3000 move by 1e-4.
struct RopeTable {
    std::vector<float> cos;
    std::vector<float> sin;
};

/// Inverse frequencies [headDim/2] with Llama 3 scaling or GGUF divisors applied.
std::vector<float> ropeFrequencies(const RopeConfig& rope, std::int64_t headDim);

/// What GGUF's rope_freqs holds: [headDim/2] numbers that divide the plain frequencies; empty for plain RoPE.
std::vector<float> ropeDivisors(const RopeConfig& rope, std::int64_t headDim);

/// The same RoPE without a table of divisors, where Llama 3's scaling (with its usual bands and context)
/// explains the table to 1e-4; nothing otherwise.
std::optional<RopeConfig> withoutDivisors(const RopeConfig& rope, std::int64_t headDim);

RopeTable makeRopeTable(const RopeConfig& rope, std::int64_t headDim, std::int64_t positions);

}  // namespace engine
