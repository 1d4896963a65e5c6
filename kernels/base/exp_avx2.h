#pragma once

#include <immintrin.h>

// Static, so that no variant's copy can be used by another (see README); include it in AVX2 variant files
// only.
namespace kernels {

/// 2^n for |n| <= 126.
static inline __m256 powerOfTwoAvx2(__m256i n) noexcept {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}

/// e^x for 8 lanes, error under 2 ulp; 0 below -104, +inf above 88.73, NaN stays NaN, subnormal results are
/// kept. The polynomial is that of exp_avx512.h.
static inline __m256 expAvx2(__m256 x) noexcept {
    x = _mm256_max_ps(_mm256_set1_ps(-105.0F),
                      x);  // keeps NaN, which both instructions return from the second operand
    x = _mm256_min_ps(_mm256_set1_ps(89.0F), x);
    const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(0x1.715476p+0F)),
                                     _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0x1.62e43p-1F), x);
    r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-0x1.05c61p-29F), r);
    __m256 q = _mm256_set1_ps(0x1.6a2434p-10F);
    q = _mm256_fmadd_ps(q, r, _mm256_set1_ps(0x1.1239e4p-7F));
    q = _mm256_fmadd_ps(q, r, _mm256_set1_ps(0x1.5558f2p-5F));
    q = _mm256_fmadd_ps(q, r, _mm256_set1_ps(0x1.555492p-3F));
    q = _mm256_fmadd_ps(q, r, _mm256_set1_ps(0x1.fffffcp-2F));
    const __m256 p = _mm256_add_ps(_mm256_fmadd_ps(_mm256_mul_ps(r, r), q, r), _mm256_set1_ps(1.0F));
    // 2^n in two factors: n reaches -152 and 128, which one float exponent cannot hold.
    const __m256i exponent = _mm256_cvtps_epi32(n);
    const __m256i half = _mm256_srai_epi32(exponent, 1);
    return _mm256_mul_ps(_mm256_mul_ps(p, powerOfTwoAvx2(half)),
                         powerOfTwoAvx2(_mm256_sub_epi32(exponent, half)));
}

}  // namespace kernels
