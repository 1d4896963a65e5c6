#include <immintrin.h>

#include "kernels/base/tail_avx2.h"
#include "kernels/rope/rope.h"

namespace kernels::rope::avx2 {
namespace {

/// Four adjacent pairs per vector: even lanes a*cos - b*sin, odd lanes b*cos + a*sin.
__m256 rotatePairs(__m256 pairs, __m128 cosines, __m128 sines) noexcept {
    const __m256i twice = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3);
    const __m256 c = _mm256_permutevar8x32_ps(_mm256_castps128_ps256(cosines), twice);
    const __m256 s = _mm256_permutevar8x32_ps(_mm256_castps128_ps256(sines), twice);
    return _mm256_fmaddsub_ps(pairs, c, _mm256_mul_ps(_mm256_permute_ps(pairs, 0xB1), s));
}

void rotateAdjacent(float* x, int64_t half, const float* cosRow, const float* sinRow) noexcept {
    int64_t i = 0;
    for (; i + 4 <= half; i += 4)
        _mm256_storeu_ps(x + 2 * i, rotatePairs(_mm256_loadu_ps(x + 2 * i), _mm_loadu_ps(cosRow + i),
                                                _mm_loadu_ps(sinRow + i)));
    if (i < half) {
        const __m256i mask = tailMaskAvx2(2 * (half - i));
        const __m128i tableMask = _mm256_castsi256_si128(tailMaskAvx2(half - i));
        const __m256 pairs = _mm256_maskload_ps(x + 2 * i, mask);
        _mm256_maskstore_ps(x + 2 * i, mask,
                            rotatePairs(pairs, _mm_maskload_ps(cosRow + i, tableMask),
                                        _mm_maskload_ps(sinRow + i, tableMask)));
    }
}

void rotateHalves(float* x, int64_t half, const float* cosRow, const float* sinRow) noexcept {
    int64_t i = 0;
    for (; i + 8 <= half; i += 8) {
        const __m256 a = _mm256_loadu_ps(x + i);
        const __m256 b = _mm256_loadu_ps(x + half + i);
        const __m256 c = _mm256_loadu_ps(cosRow + i);
        const __m256 s = _mm256_loadu_ps(sinRow + i);
        _mm256_storeu_ps(x + i, _mm256_fmsub_ps(a, c, _mm256_mul_ps(b, s)));
        _mm256_storeu_ps(x + half + i, _mm256_fmadd_ps(a, s, _mm256_mul_ps(b, c)));
    }
    if (i < half) {
        const __m256i mask = tailMaskAvx2(half - i);
        const __m256 a = _mm256_maskload_ps(x + i, mask);
        const __m256 b = _mm256_maskload_ps(x + half + i, mask);
        const __m256 c = _mm256_maskload_ps(cosRow + i, mask);
        const __m256 s = _mm256_maskload_ps(sinRow + i, mask);
        _mm256_maskstore_ps(x + i, mask, _mm256_fmsub_ps(a, c, _mm256_mul_ps(b, s)));
        _mm256_maskstore_ps(x + half + i, mask, _mm256_fmadd_ps(a, s, _mm256_mul_ps(b, c)));
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
extern const Variant<Fn> variant{"avx2", CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::rope::avx2
