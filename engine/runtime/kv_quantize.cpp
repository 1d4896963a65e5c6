#include "engine/runtime/kv_quantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/float_types.h"
#include "kernels/attention/kivi2.h"

namespace engine {
namespace {

namespace kivi2 = kernels::attention::kivi2;

constexpr float kLargestHalf = 65504.0F;
constexpr float kLargestCode = 3.0F;

std::uint16_t toFiniteHalf(float value) noexcept {
    return toF16(std::clamp(value, -kLargestHalf, kLargestHalf));
}

/// A tile of kernels/attention/kivi2.h that is being written.
class TileWriter {
public:
    TileWriter(std::byte* base, std::int64_t rows) noexcept
        : words_(reinterpret_cast<std::uint32_t*>(base)),
          scale_(reinterpret_cast<std::uint16_t*>(words_ + rows / 16 * kivi2::kGroup)),
          min_(scale_ + rows) {
        std::memset(base, 0, static_cast<std::size_t>(rows * kivi2::kRowBytes));
    }

    /// Numbers x[0], x[step], ... x[(lanes - 1) * step] become one row.
    void write(std::int64_t row, const std::uint16_t* x, std::int64_t step, std::int64_t lanes) noexcept {
        float values[kivi2::kGroup];
        float low = INFINITY;
        float high = -INFINITY;
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            values[lane] = fromBf16(x[lane * step]);
            low = std::min(low, values[lane]);
            high = std::max(high, values[lane]);
        }
        scale_[row] = toFiniteHalf((high - low) / kLargestCode);
        min_[row] = toFiniteHalf(low);
        const float scale = fromF16(scale_[row]);
        const float min = fromF16(min_[row]);
        const float inverse = scale > 0.0F ? 1.0F / scale : 0.0F;
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            const float code = std::clamp((values[lane] - min) * inverse + 0.5F, 0.0F, kLargestCode + 0.5F);
            words_[row / 16 * kivi2::kGroup + lane] |= (code > 0.0F ? static_cast<std::uint32_t>(code) : 0U)
                                                       << (2 * (row % 16));
        }
    }

private:
    std::uint32_t* words_;
    std::uint16_t* scale_;
    std::uint16_t* min_;
};

}  // namespace

float quantizeInt8(const float* x, std::int64_t count, std::int8_t* codes) noexcept {
    float largest = 0.0F;
    for (std::int64_t i = 0; i < count; ++i)
        largest = std::max(largest, std::fabs(x[i]));
    const float scale = largest / 127.0F;
    const float inverse = scale > 0.0F ? 1.0F / scale : 0.0F;
    for (std::int64_t i = 0; i < count; ++i) {
        const float code = std::clamp(x[i] * inverse, -127.0F, 127.0F);
        codes[i] =
            std::isnan(code) ? std::int8_t{0} : static_cast<std::int8_t>(code + (code < 0.0F ? -0.5F : 0.5F));
    }
    return scale;
}

void quantizeKiviKeys(const std::uint16_t* rows, std::int64_t headDim, std::byte* group) noexcept {
    TileWriter tile(group, kivi2::keyRows(headDim));
    for (std::int64_t channel = 0; channel < headDim; ++channel)
        tile.write(channel, rows + channel, headDim, kivi2::kGroup);
}

void quantizeKiviValues(const std::uint16_t* rows, std::int64_t headDim, std::byte* group) noexcept {
    for (std::int64_t t = 0; t < kivi2::valueTiles(headDim); ++t) {
        TileWriter tile(group + t * kivi2::kGroup * kivi2::kRowBytes, kivi2::kGroup);
        const auto first = t * kivi2::kGroup;
        for (std::int64_t position = 0; position < kivi2::kGroup; ++position)
            tile.write(position, rows + position * headDim + first, 1,
                       std::min(kivi2::kGroup, headDim - first));
    }
}

}  // namespace engine
