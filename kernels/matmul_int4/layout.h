#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/base/tile.h"

// The packed layout that all variants share. Per tile of 16 rows:
//   for each group of 32 columns: 16 f32 scales (64 B), then 4 lines of 64 B of nibbles; in line j the 32-bit
//   lane r holds row r: low nibbles are columns 4j..4j+3, high nibbles columns 16+4j..16+4j+3, stored plus 8
//   (0..15); at the end 16 f32 sums over the row, sum_G scale[G] * sum_{j in G} w[j], which the zero point
//   multiplies.
namespace kernels::matmul_int4 {

inline constexpr int64_t kBlockBytes = 64 + 256;

static inline int64_t groupsOf(int64_t cols) noexcept {
    return (cols + kGroupSize - 1) / kGroupSize;
}

static inline size_t tileBytesOf(int64_t cols) noexcept {
    return static_cast<size_t>(groupsOf(cols) * kBlockBytes + 64);
}

/// 32 values -8..7 as unsigned nibbles, column i low and 16 + i high in byte i; returns their sum.
static inline int packGroup(const int8_t* values, uint8_t* bytes) noexcept {
    const __m128i eight = _mm_set1_epi8(8);
    const __m128i low = _mm_add_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values)), eight);
    const __m128i high = _mm_add_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values + 16)), eight);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes),
                     _mm_or_si128(low, _mm_slli_epi16(high, 4)));  // nibbles do not spill over
    const __m128i sums = _mm_sad_epu8(_mm_add_epi8(low, high), _mm_setzero_si128());
    return _mm_cvtsi128_si32(sums) + _mm_cvtsi128_si32(_mm_unpackhi_epi64(sums, sums)) -
           8 * static_cast<int>(kGroupSize);
}

static inline void packTileRows(const int8_t* values, int64_t ldv, const float* scales, int64_t lds,
                                int64_t groupSize, int64_t rows, int64_t cols, void* tile) noexcept {
    auto* out = static_cast<uint8_t*>(tile);
    double sums[kTileRows] = {};
    const int8_t zeros[kGroupSize] = {};
    for (int64_t g = 0; g < groupsOf(cols); ++g, out += kBlockBytes) {
        auto* outScales = reinterpret_cast<float*>(out);
        const int64_t width = cols - g * kGroupSize < kGroupSize ? cols - g * kGroupSize : kGroupSize;
        for (int64_t r = 0; r < kTileRows; ++r) {
            const int8_t* group = r < rows ? values + r * ldv + g * kGroupSize : zeros;
            int8_t padded[kGroupSize] = {};
            if (r < rows && width < kGroupSize) {
                memcpy(padded, group, static_cast<size_t>(width));
                group = padded;
            }
            uint8_t bytes[16];
            const int sum = packGroup(group, bytes);
            for (int64_t j = 0; j < 4; ++j)
                memcpy(out + 64 + 64 * j + 4 * r, bytes + 4 * j, 4);
            outScales[r] = r < rows ? scales[r * lds + g * kGroupSize / groupSize] : 0.0F;
            sums[r] += static_cast<double>(outScales[r]) * sum;
        }
    }
    for (int64_t r = 0; r < kTileRows; ++r)
        reinterpret_cast<float*>(out)[r] = static_cast<float>(sums[r]);
}

}  // namespace kernels::matmul_int4
