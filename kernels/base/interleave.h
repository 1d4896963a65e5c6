#pragma once

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "kernels/base/tile.h"

// Packing for the x86 variants: 32-bit words of 16 rows become lines whose lane r holds row r. Static, see
// kernels/README.md.
namespace kernels {

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
        for (; k + 4 <= words; k += 4) {  // 4 x 4 words are transposed in registers
            const auto load = [&](int64_t i) {
                return _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + i * stride + 4 * k));
            };
            const __m128i a = load(0);
            const __m128i b = load(1);
            const __m128i c = load(2);
            const __m128i d = load(3);
            const __m128i ab0 = _mm_unpacklo_epi32(a, b);
            const __m128i cd0 = _mm_unpacklo_epi32(c, d);
            const __m128i ab1 = _mm_unpackhi_epi32(a, b);
            const __m128i cd1 = _mm_unpackhi_epi32(c, d);
            char* out = to + k * 64 + 4 * r;
            _mm_store_si128(reinterpret_cast<__m128i*>(out), _mm_unpacklo_epi64(ab0, cd0));
            _mm_store_si128(reinterpret_cast<__m128i*>(out + 64), _mm_unpackhi_epi64(ab0, cd0));
            _mm_store_si128(reinterpret_cast<__m128i*>(out + 128), _mm_unpacklo_epi64(ab1, cd1));
            _mm_store_si128(reinterpret_cast<__m128i*>(out + 192), _mm_unpackhi_epi64(ab1, cd1));
        }
        for (; k < words; ++k)
            for (int64_t i = 0; i < 4; ++i)
                memcpy(to + k * 64 + 4 * (r + i), row + i * stride + 4 * k, 4);
    }
    for (; r < rows; ++r)
        for (int64_t k = 0; k < words; ++k)
            memcpy(to + k * 64 + 4 * r, from + r * stride + 4 * k, 4);
}

}  // namespace kernels
