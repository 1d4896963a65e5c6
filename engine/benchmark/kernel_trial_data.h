#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "kernels/quantize_activations/quantize_activations.h"

namespace engine {

/// Seeded numbers, the same on every machine.
class TrialNumbers {
public:
    explicit TrialNumbers(std::uint64_t seed) : engine_(seed) {}
    /// In [-1, 1).
    float number() { return static_cast<float>(static_cast<double>(engine_() >> 11) * 0x1p-52 - 1.0); }
    std::vector<float> numbers(std::int64_t count) {
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float& value : values)
            value = number();
        return values;
    }
    /// In [low, high].
    std::vector<std::int8_t> integers(std::int64_t count, int low, int high) {
        std::vector<std::int8_t> values(static_cast<std::size_t>(count));
        for (auto& value : values)
            value = static_cast<std::int8_t>(
                low + static_cast<int>(engine_() % static_cast<std::uint64_t>(high - low + 1)));
        return values;
    }

private:
    std::mt19937_64 engine_;
};

/// Activations quantized by the reference, with the memory they live in.
struct QuantizedActivations {
    QuantizedActivations(const std::vector<float>& x, std::int64_t tokens, std::int64_t cols);
    AlignedBuffer memory;
    std::vector<float> scales;
    std::vector<std::int32_t> zeroPoints;
    std::vector<std::int32_t> groupSums;
    kernels::QuantizedRows rows;
};

}  // namespace engine
