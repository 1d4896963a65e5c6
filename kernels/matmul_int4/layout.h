#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/base/half.h"
#include "kernels/base/tile.h"
#include "kernels/matmul_int4/matmul_int4.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

// The packed layout that all variants share. A tile of 16 rows is a sequence of pairs of groups of 32
// columns:
//   2 x 16 scales (f32: 128 B, f16: 64 B), the first group's before the second's;
//   2 x 4 lines of 64 B of nibbles, the first group's before the second's; in line j the 32-bit lane r holds
//   row r: low nibbles are columns 4j..4j+3, high nibbles columns 16+4j..16+4j+3, stored plus 8 (0..15);
// and at its end 16 f32 sums over the row, sum_G scale[G] * sum_{j in G} w[j], which the zero point
// multiplies. An odd last group's partner holds zeros and is not read.
namespace kernels::matmul_int4 {

static constexpr char kLayout[] = "int4_g32_pairs16_v2";
inline constexpr int64_t kGroupBytes = 256;

static inline int64_t groupsOf(int64_t cols) noexcept {
    return (cols + kGroupSize - 1) / kGroupSize;
}

static inline int64_t scaleBytesOf(ScaleType type) noexcept {
    return type == ScaleType::f32 ? 64 : 32;
}

/// Bytes from one pair of groups to the next.
static inline int64_t pairBytesOf(ScaleType type) noexcept {
    return 2 * (scaleBytesOf(type) + kGroupBytes);
}

static inline size_t tileBytesOf(ScaleType type, int64_t cols) noexcept {
    return static_cast<size_t>((groupsOf(cols) + 1) / 2 * pairBytesOf(type) + 64);
}

/// 16 scales of group g, 32 or 64 bytes.
static inline const uint8_t* groupScales(const uint8_t* tile, ScaleType type, int64_t g) noexcept {
    return tile + g / 2 * pairBytesOf(type) + g % 2 * scaleBytesOf(type);
}

/// 4 lines of group g.
static inline const uint8_t* groupLines(const uint8_t* tile, ScaleType type, int64_t g) noexcept {
    return tile + g / 2 * pairBytesOf(type) + 2 * scaleBytesOf(type) + g % 2 * kGroupBytes;
}

/// 16 f32 at the end of a tile.
static inline const float* tileRowSums(const uint8_t* tile, ScaleType type, int64_t cols) noexcept {
    return reinterpret_cast<const float*>(tile + tileBytesOf(type, cols) - 64);
}

/// 32 values -8..7 as unsigned nibbles, column i low and 16 + i high in byte i; returns their sum.
static inline int packGroup(const int8_t* values, uint8_t* bytes) noexcept {
#if defined(__x86_64__)
    const __m128i eight = _mm_set1_epi8(8);
    const __m128i low = _mm_add_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values)), eight);
    const __m128i high = _mm_add_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values + 16)), eight);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes),
                     _mm_or_si128(low, _mm_slli_epi16(high, 4)));  // nibbles do not spill over
    const __m128i sums = _mm_sad_epu8(_mm_add_epi8(low, high), _mm_setzero_si128());
    return _mm_cvtsi128_si32(sums) + _mm_cvtsi128_si32(_mm_unpackhi_epi64(sums, sums)) -
           8 * static_cast<int>(kGroupSize);
#else
    int sum = 0;
    for (int i = 0; i < 16; ++i) {
        sum += values[i] + values[16 + i];
        bytes[i] = static_cast<uint8_t>((values[i] + 8) | ((values[16 + i] + 8) << 4));
    }
    return sum;
#endif
}

static inline void packTileRows(const int8_t* values, int64_t ldv, const float* scales, int64_t lds,
                                int64_t groupSize, ScaleType type, int64_t rows, int64_t cols,
                                void* tile) noexcept {
    auto* out = static_cast<uint8_t*>(tile);
    if (groupsOf(cols) % 2 != 0)
        memset(out + tileBytesOf(type, cols) - 64 - pairBytesOf(type), 0,
               static_cast<size_t>(pairBytesOf(type)));
    double sums[kTileRows] = {};
    const int8_t zeros[kGroupSize] = {};
    for (int64_t g = 0; g < groupsOf(cols); ++g) {
        auto* outScales = const_cast<uint8_t*>(groupScales(out, type, g));
        auto* lines = const_cast<uint8_t*>(groupLines(out, type, g));
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
                memcpy(lines + 64 * j + 4 * r, bytes + 4 * j, 4);
            float scale = r < rows ? scales[r * lds + g * kGroupSize / groupSize] : 0.0F;
            if (type == ScaleType::f32) {
                memcpy(outScales + 4 * r, &scale, 4);
            } else {
                const uint16_t half = floatToHalf(scale);
                memcpy(outScales + 2 * r, &half, 2);
                scale = halfToFloat(half);
            }
            sums[r] += static_cast<double>(scale) * sum;
        }
    }
    auto* rowSums = const_cast<float*>(tileRowSums(out, type, cols));
    for (int64_t r = 0; r < kTileRows; ++r)
        rowSums[r] = static_cast<float>(sums[r]);
}

}  // namespace kernels::matmul_int4
