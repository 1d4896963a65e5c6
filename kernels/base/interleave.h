#pragma once

#include <stdint.h>
#include <string.h>

#include "kernels/base/tile.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// Packing for the vector variants: 32-bit words of 16 rows become lines whose lane r holds row r. Static, see
// kernels/README.md.
namespace kernels {

/// 4 words of 4 rows, `stride` bytes apart, become the words of 4 lines, 64 bytes apart.
static inline void transposeWords(const char* rows, int64_t stride, char* lines) noexcept {
#if defined(__x86_64__)
    const auto load = [&](int64_t i) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows + i * stride));
    };
    const __m128i a = load(0);
    const __m128i b = load(1);
    const __m128i c = load(2);
    const __m128i d = load(3);
    const __m128i ab0 = _mm_unpacklo_epi32(a, b);
    const __m128i cd0 = _mm_unpacklo_epi32(c, d);
    const __m128i ab1 = _mm_unpackhi_epi32(a, b);
    const __m128i cd1 = _mm_unpackhi_epi32(c, d);
    _mm_store_si128(reinterpret_cast<__m128i*>(lines), _mm_unpacklo_epi64(ab0, cd0));
    _mm_store_si128(reinterpret_cast<__m128i*>(lines + 64), _mm_unpackhi_epi64(ab0, cd0));
    _mm_store_si128(reinterpret_cast<__m128i*>(lines + 128), _mm_unpacklo_epi64(ab1, cd1));
    _mm_store_si128(reinterpret_cast<__m128i*>(lines + 192), _mm_unpackhi_epi64(ab1, cd1));
#elif defined(__aarch64__)
    const auto load = [&](int64_t i) {
        return vreinterpretq_u32_u8(vld1q_u8(reinterpret_cast<const uint8_t*>(rows + i * stride)));
    };
    const uint32x4_t a = load(0);
    const uint32x4_t b = load(1);
    const uint32x4_t c = load(2);
    const uint32x4_t d = load(3);
    const uint64x2_t ab0 = vreinterpretq_u64_u32(vzip1q_u32(a, b));
    const uint64x2_t cd0 = vreinterpretq_u64_u32(vzip1q_u32(c, d));
    const uint64x2_t ab1 = vreinterpretq_u64_u32(vzip2q_u32(a, b));
    const uint64x2_t cd1 = vreinterpretq_u64_u32(vzip2q_u32(c, d));
    auto* out = reinterpret_cast<uint64_t*>(lines);
    vst1q_u64(out, vzip1q_u64(ab0, cd0));
    vst1q_u64(out + 8, vzip2q_u64(ab0, cd0));
    vst1q_u64(out + 16, vzip1q_u64(ab1, cd1));
    vst1q_u64(out + 24, vzip2q_u64(ab1, cd1));
#else
    for (int64_t k = 0; k < 4; ++k)
        for (int64_t i = 0; i < 4; ++i)
            memcpy(lines + 64 * k + 4 * i, rows + i * stride + 4 * k, 4);
#endif
}

/// Word k of row r (at source + r * stride) goes to lane r of line k (64 bytes each), for `rows` (1..16) rows
/// of `words` words. Lanes without a row are left alone. `source` needs no alignment, `lines` is aligned to
/// 16 bytes.
static inline void interleaveRows(const void* source, int64_t stride, int64_t rows, int64_t words,
                                  void* lines) noexcept {
    const auto* from = static_cast<const char*>(source);
    auto* to = static_cast<char*>(lines);
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        const char* row = from + r * stride;
        int64_t k = 0;
        for (; k + 4 <= words; k += 4)
            transposeWords(row + 4 * k, stride, to + k * 64 + 4 * r);
        for (; k < words; ++k)
            for (int64_t i = 0; i < 4; ++i)
                memcpy(to + k * 64 + 4 * (r + i), row + i * stride + 4 * k, 4);
    }
    for (; r < rows; ++r)
        for (int64_t k = 0; k < words; ++k)
            memcpy(to + k * 64 + 4 * r, from + r * stride + 4 * k, 4);
}

}  // namespace kernels
