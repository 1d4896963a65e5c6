#pragma once

#include <cstdint>
#include <vector>

namespace engine::train {

/// Symmetric integers with one scale per group of a row: the family's int4 in groups of 32, int8 per row.
struct WeightScheme {
    int bits = 4;
    std::int64_t groupSize = 32;  ///< 0 = the whole row
};

/// A matrix [rows, cols] in such integers.
struct QuantizedWeight {
    std::vector<std::int8_t> values;  // [rows, cols]
    std::vector<float> scales;        // [rows, groups]
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t groupSize = 32;

    std::int64_t groups() const { return (cols + groupSize - 1) / groupSize; }
    /// Rows [begin, end) as f32.
    void dequantize(std::int64_t begin, std::int64_t end, float* out) const;
};

/// Per group: scale = absmax / ((2^bits - 1) / 2), value = clamp(round(w / scale)), half to even; a group of
/// zeros has the scale 1. The last group of a row may be short. Source: torchao, symmetric, with
/// quant_min = -2^(bits-1) and quant_max = 2^(bits-1) - 1.
QuantizedWeight quantizeWeight(const float* w, std::int64_t rows, std::int64_t cols,
                               const WeightScheme& scheme);

/// The same, dequantized again: what the quantized model computes with.
void fakeQuantizeWeight(const float* w, std::int64_t rows, std::int64_t cols, const WeightScheme& scheme,
                        float* out);

/// The straight-through gradient of fakeQuantizeWeight: zero where rounding left the range of the integers,
/// else untouched. In place.
void maskClamped(const float* w, std::int64_t rows, std::int64_t cols, const WeightScheme& scheme,
                 float* gradient);

/// x [tokens, cols] as per-token dynamic activations of so many bits (kernels/quantize_activations has the
/// formula), dequantized. The range holds every value, so the straight-through gradient is the identity.
template <class Real>
void fakeQuantizeRows(const Real* x, std::int64_t tokens, std::int64_t cols, Real* out, int bits = 8);

}  // namespace engine::train
