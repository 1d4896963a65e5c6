#pragma once

#include <cstdint>

namespace kernels {

/// Output rows that every packed weight layout interleaves: one 32-bit lane of a zmm register each.
inline constexpr std::int64_t kTileRows = 16;
/// Inputs that share one weight scale in the int4 scheme.
inline constexpr std::int64_t kGroupSize = 32;

constexpr std::int64_t tilesOf(std::int64_t rows) {
    return (rows + kTileRows - 1) / kTileRows;
}
constexpr std::int64_t roundUp(std::int64_t value, std::int64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

}  // namespace kernels
