#include "engine/train/fake_quantize.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace engine::train {
namespace {

/// The nearest whole number, half to even, for |x| well below 2^22: adding 1.5 * 2^(bits of the mantissa)
/// leaves no room for a fraction. nearbyint() would be a call for every number.
template <class Real>
Real rounded(Real x) {
    constexpr Real kShift = std::is_same_v<Real, float> ? Real(0x1.8p23) : Real(0x1.8p52);
    return (x + kShift) - kShift;
}

/// What one group's integers are multiplied with, and their range.
struct Grid {
    float scale = 1.0F;
    float least = 0.0F;
    float most = 0.0F;

    Grid(const float* w, std::int64_t count, int bits)
        : least(-static_cast<float>(1 << (bits - 1))), most(static_cast<float>((1 << (bits - 1)) - 1)) {
        float absmax = 0.0F;
        for (std::int64_t i = 0; i < count; ++i)
            absmax = std::max(absmax, std::abs(w[i]));
        if (absmax > 0.0F)
            scale = absmax / ((most - least) / 2.0F);
    }
    float rounded(float w) const { return train::rounded(w / scale); }
    float clamped(float w) const { return std::clamp(rounded(w), least, most); }
};

template <class Use>
void forGroups(std::int64_t rows, std::int64_t cols, const WeightScheme& scheme, const Use& use) {
    const auto size = scheme.groupSize > 0 ? scheme.groupSize : cols;
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t begin = 0; begin < cols; begin += size)
            use(r * cols + begin, std::min(size, cols - begin));
}

}  // namespace

void QuantizedWeight::dequantize(std::int64_t begin, std::int64_t end, float* out) const {
    for (std::int64_t r = begin; r < end; ++r)
        for (std::int64_t c = 0; c < cols; ++c)
            *out++ = static_cast<float>(values[static_cast<std::size_t>(r * cols + c)]) *
                     scales[static_cast<std::size_t>(r * groups() + c / groupSize)];
}

QuantizedWeight quantizeWeight(const float* w, std::int64_t rows, std::int64_t cols,
                               const WeightScheme& scheme) {
    QuantizedWeight result;
    result.rows = rows;
    result.cols = cols;
    result.groupSize = scheme.groupSize > 0 ? scheme.groupSize : cols;
    result.values.resize(static_cast<std::size_t>(rows * cols));
    forGroups(rows, cols, scheme, [&](std::int64_t begin, std::int64_t count) {
        const Grid grid(w + begin, count, scheme.bits);
        result.scales.push_back(grid.scale);
        for (std::int64_t i = begin; i < begin + count; ++i)
            result.values[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(grid.clamped(w[i]));
    });
    return result;
}

void fakeQuantizeWeight(const float* w, std::int64_t rows, std::int64_t cols, const WeightScheme& scheme,
                        float* out) {
    forGroups(rows, cols, scheme, [&](std::int64_t begin, std::int64_t count) {
        const Grid grid(w + begin, count, scheme.bits);
        for (std::int64_t i = begin; i < begin + count; ++i)
            out[i] = grid.clamped(w[i]) * grid.scale;
    });
}

void maskClamped(const float* w, std::int64_t rows, std::int64_t cols, const WeightScheme& scheme,
                 float* gradient) {
    forGroups(rows, cols, scheme, [&](std::int64_t begin, std::int64_t count) {
        const Grid grid(w + begin, count, scheme.bits);
        for (std::int64_t i = begin; i < begin + count; ++i)
            if (const float q = grid.rounded(w[i]); q < grid.least || q > grid.most)
                gradient[i] = 0.0F;
    });
}

template <class Real>
void fakeQuantizeRows(const Real* x, std::int64_t tokens, std::int64_t cols, Real* out, int bits) {
    const Real least = -static_cast<Real>(1 << (bits - 1));
    const Real most = -least - 1;
    for (std::int64_t t = 0; t < tokens; ++t) {
        const Real* row = x + t * cols;
        Real low = 0;
        Real high = 0;
        for (std::int64_t c = 0; c < cols; ++c) {
            low = row[c] < low ? row[c] : low;
            high = row[c] > high ? row[c] : high;
        }
        const Real scale = std::max((high - low) / (most - least), static_cast<Real>(0x1p-23));
        const Real inverse = 1 / scale;
        const Real zero = std::clamp(least - rounded(low / scale), least, most);
        for (std::int64_t c = 0; c < cols; ++c) {
            const Real q = std::clamp(rounded(row[c] * inverse) + zero, least, most);
            out[t * cols + c] = (q - zero) * scale;
        }
    }
}
template void fakeQuantizeRows(const float*, std::int64_t, std::int64_t, float*, int);
template void fakeQuantizeRows(const double*, std::int64_t, std::int64_t, double*, int);

}  // namespace engine::train
