#include <immintrin.h>

#include "kernels/rmsnorm/rmsnorm.h"

namespace kernels::rmsnorm::avx512 {
namespace {

/// acc + v * v, in double: squares of large activations overflow f32.
__m512d addSquares(__m256 v, __m512d acc) noexcept {
    const __m512d wide = _mm512_cvtps_pd(v);
    return _mm512_fmadd_pd(wide, wide, acc);
}

double sumOfSquares(const float* x, int64_t dim, __mmask16 rest) noexcept {
    __m512d low = _mm512_setzero_pd();
    __m512d high = _mm512_setzero_pd();
    int64_t i = 0;
    for (; i + 16 <= dim; i += 16) {
        low = addSquares(_mm256_loadu_ps(x + i), low);
        high = addSquares(_mm256_loadu_ps(x + i + 8), high);
    }
    const __m512 tail = _mm512_maskz_loadu_ps(rest, x + i);
    low = addSquares(_mm512_castps512_ps256(tail), low);
    high = addSquares(_mm512_extractf32x8_ps(tail, 1), high);
    return _mm512_reduce_add_pd(_mm512_add_pd(low, high));
}

double inverseRoot(double value) noexcept {
    return 1.0 / _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(value)));
}

void run(const float* x, const float* weight, float eps, int64_t rows, int64_t dim, float* y) noexcept {
    const auto rest = static_cast<__mmask16>((1u << (dim % 16)) - 1u);
    for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
        const double mean = sumOfSquares(x, dim, rest) / static_cast<double>(dim);
        const __m512 scale = _mm512_set1_ps(static_cast<float>(inverseRoot(mean + double{eps})));
        int64_t i = 0;
        for (; i + 16 <= dim; i += 16)
            _mm512_storeu_ps(y + i, _mm512_mul_ps(_mm512_mul_ps(_mm512_loadu_ps(x + i), scale),
                                                  _mm512_loadu_ps(weight + i)));
        const __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(rest, x + i), scale);
        _mm512_mask_storeu_ps(y + i, rest, _mm512_mul_ps(scaled, _mm512_maskz_loadu_ps(rest, weight + i)));
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::rmsnorm::avx512
