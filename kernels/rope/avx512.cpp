#include <immintrin.h>

#include "kernels/rope/rope.h"

namespace kernels::rope::avx512 {
namespace {

/// Mask of the first `count` lanes, all 16 when there are more.
__mmask16 lanes(int64_t count) noexcept {
    return count >= 16 ? static_cast<__mmask16>(0xffffu) : static_cast<__mmask16>((1u << count) - 1u);
}

/// Eight adjacent pairs per vector: even lanes a*cos - b*sin, odd lanes b*cos + a*sin.
void rotateAdjacent(float* x, int64_t half, const float* cosRow, const float* sinRow) noexcept {
    const __m512i twice = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    for (int64_t i = 0; i < half; i += 8) {
        const __mmask16 inPairs = lanes(2 * (half - i));
        const auto inTable = static_cast<__mmask16>(lanes(half - i) & 0xffu);
        const __m512 c = _mm512_permutexvar_ps(twice, _mm512_maskz_loadu_ps(inTable, cosRow + i));
        const __m512 s = _mm512_permutexvar_ps(twice, _mm512_maskz_loadu_ps(inTable, sinRow + i));
        const __m512 pairs = _mm512_maskz_loadu_ps(inPairs, x + 2 * i);
        const __m512 swapped = _mm512_mul_ps(_mm512_permute_ps(pairs, 0xB1), s);
        _mm512_mask_storeu_ps(x + 2 * i, inPairs, _mm512_fmaddsub_ps(pairs, c, swapped));
    }
}

void rotateHalves(float* x, int64_t half, const float* cosRow, const float* sinRow) noexcept {
    for (int64_t i = 0; i < half; i += 16) {
        const __mmask16 mask = lanes(half - i);
        const __m512 a = _mm512_maskz_loadu_ps(mask, x + i);
        const __m512 b = _mm512_maskz_loadu_ps(mask, x + half + i);
        const __m512 c = _mm512_maskz_loadu_ps(mask, cosRow + i);
        const __m512 s = _mm512_maskz_loadu_ps(mask, sinRow + i);
        _mm512_mask_storeu_ps(x + i, mask, _mm512_fmsub_ps(a, c, _mm512_mul_ps(b, s)));
        _mm512_mask_storeu_ps(x + half + i, mask, _mm512_fmadd_ps(a, s, _mm512_mul_ps(b, c)));
    }
}

void run(float* x, int64_t ldx, int64_t tokens, int64_t heads, int64_t headDim, const float* cosTable,
         const float* sinTable, int64_t position0, PairOrder order) noexcept {
    const int64_t half = headDim / 2;
    const auto rotate = order == PairOrder::adjacent ? rotateAdjacent : rotateHalves;
    for (int64_t t = 0; t < tokens; ++t) {
        const float* cosRow = cosTable + (position0 + t) * half;
        const float* sinRow = sinTable + (position0 + t) * half;
        for (int64_t h = 0; h < heads; ++h)
            rotate(x + t * ldx + h * headDim, half, cosRow, sinRow);
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::rope::avx512
