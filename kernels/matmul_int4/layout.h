#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/base/tile.h"

// The packed layout that all variants share. Per tile of 16 rows:
//   for each group of 32 columns: 16 f32 scales (64 B), then 4 lines of 64 B of nibbles; in line j the 32-bit lane r holds row r:
//   low nibbles are columns 4j..4j+3, high nibbles columns 16+4j..16+4j+3, stored plus 8 (0..15);
//   at the end 16 f32 sums over the row, sum_G scale[G] * sum_{j in G} w[j], which the zero point multiplies.
namespace kernels::matmul_int4 {

inline constexpr int64_t kBlockBytes = 64 + 256;

static inline int64_t groupsOf(int64_t cols) noexcept { return (cols + kGroupSize - 1) / kGroupSize; }

static inline size_t tileBytesOf(int64_t cols) noexcept { return static_cast<size_t>(groupsOf(cols) * kBlockBytes + 64); }

static inline void packTileRows(const int8_t* values, int64_t ldv, const float* scales, int64_t lds, int64_t groupSize,
                                int64_t rows, int64_t cols, void* tile) noexcept {
    auto* out = static_cast<uint8_t*>(tile);
    double sums[kTileRows] = {};
    for (int64_t g = 0; g < groupsOf(cols); ++g, out += kBlockBytes) {
        auto* outScales = reinterpret_cast<float*>(out);
        for (int64_t r = 0; r < kTileRows; ++r) {
            const float scale = r < rows ? scales[r * lds + g * kGroupSize / groupSize] : 0.0F;
            outScales[r] = scale;
            int sum = 0;
            uint8_t nibbles[kGroupSize];
            for (int64_t i = 0; i < kGroupSize; ++i) {
                const int64_t k = g * kGroupSize + i;
                const int value = r < rows && k < cols ? values[r * ldv + k] : 0;
                sum += value;
                nibbles[i] = static_cast<uint8_t>(value + 8);
            }
            sums[r] += static_cast<double>(scale) * sum;
            for (int64_t i = 0; i < 16; ++i)
                out[64 + 64 * (i / 4) + 4 * r + i % 4] = static_cast<uint8_t>(nibbles[i] | (nibbles[16 + i] << 4));
        }
    }
    for (int64_t r = 0; r < kTileRows; ++r)
        reinterpret_cast<float*>(out)[r] = static_cast<float>(sums[r]);
}

}  // namespace kernels::matmul_int4
