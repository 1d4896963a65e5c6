#pragma once

#include <cstddef>
#include <cstdint>

namespace engine {

/// One position's keys or values of one head as int8, symmetric: returns the scale, largest |x| / 127. Error
/// of each number at most half a scale.
float quantizeInt8(const float* x, std::int64_t count, std::int8_t* codes) noexcept;

/// 32 positions of one head, rows [32, headDim] of BF16, as a group of keys or values of the kivi2 cache
/// (kernels/attention/kivi2.h has the layout). Scale and min are those of the smallest and largest number,
/// rounded to half; error of each number at most half a scale, and what rounding min and scale costs.
void quantizeKiviKeys(const std::uint16_t* rows, std::int64_t headDim, std::byte* group) noexcept;
void quantizeKiviValues(const std::uint16_t* rows, std::int64_t headDim, std::byte* group) noexcept;

}  // namespace engine
