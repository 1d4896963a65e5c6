#pragma once

#include <immintrin.h>

// Static, so that no variant's copy can be used by another (see README); include it in AVX-512 variant files
// only.
namespace kernels {

/// e^x for 16 lanes, error under 2 ulp; 0 below -104, +inf above 88.73, NaN stays NaN, subnormal results are
/// kept.
///
/// x = n ln 2 + r with |r| <= ln(2)/2; e^r = 1 + r + r^2 q(r), where q is the degree-4 polynomial with the
/// least largest relative error of e^r on that range (3.1e-9, found by reweighted least squares at 801
/// Chebyshev points).
static inline __m512 expAvx512(__m512 x) noexcept {
    x = _mm512_max_ps(_mm512_set1_ps(-105.0F),
                      x);  // keeps NaN, which both instructions return from the second operand
    x = _mm512_min_ps(_mm512_set1_ps(89.0F), x);
    const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(0x1.715476p+0F)),
                                          _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0x1.62e43p-1F), x);
    r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-0x1.05c61p-29F), r);
    __m512 q = _mm512_set1_ps(0x1.6a2434p-10F);
    q = _mm512_fmadd_ps(q, r, _mm512_set1_ps(0x1.1239e4p-7F));
    q = _mm512_fmadd_ps(q, r, _mm512_set1_ps(0x1.5558f2p-5F));
    q = _mm512_fmadd_ps(q, r, _mm512_set1_ps(0x1.555492p-3F));
    q = _mm512_fmadd_ps(q, r, _mm512_set1_ps(0x1.fffffcp-2F));
    const __m512 p = _mm512_add_ps(_mm512_fmadd_ps(_mm512_mul_ps(r, r), q, r), _mm512_set1_ps(1.0F));
    return _mm512_scalef_ps(p, n);
}

}  // namespace kernels
