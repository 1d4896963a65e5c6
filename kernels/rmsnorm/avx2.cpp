#include <immintrin.h>

#include "kernels/base/tail_avx2.h"
#include "kernels/rmsnorm/rmsnorm.h"

namespace kernels::rmsnorm::avx2 {
namespace {

/// acc + v * v, in double: squares of large activations overflow f32.
__m256d addSquares(__m128 v, __m256d acc) noexcept {
    const __m256d wide = _mm256_cvtps_pd(v);
    return _mm256_fmadd_pd(wide, wide, acc);
}

double sumOfSquares(const float* x, int64_t dim) noexcept {
    __m256d low = _mm256_setzero_pd();
    __m256d high = _mm256_setzero_pd();
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8) {
        low = addSquares(_mm_loadu_ps(x + i), low);
        high = addSquares(_mm_loadu_ps(x + i + 4), high);
    }
    if (i < dim) {
        const __m256 rest = _mm256_maskload_ps(x + i, tailMaskAvx2(dim - i));
        low = addSquares(_mm256_castps256_ps128(rest), low);
        high = addSquares(_mm256_extractf128_ps(rest, 1), high);
    }
    const __m256d both = _mm256_add_pd(low, high);
    const __m128d pair = _mm_add_pd(_mm256_castpd256_pd128(both), _mm256_extractf128_pd(both, 1));
    return _mm_cvtsd_f64(_mm_add_sd(pair, _mm_unpackhi_pd(pair, pair)));
}

double inverseRoot(double value) noexcept {
    return 1.0 / _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(value)));
}

void run(const float* x, const float* weight, float eps, int64_t rows, int64_t dim, float* y) noexcept {
    const __m256i mask = tailMaskAvx2(dim % 8);
    for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
        const double mean = sumOfSquares(x, dim) / static_cast<double>(dim);
        const __m256 scale = _mm256_set1_ps(static_cast<float>(inverseRoot(mean + double{eps})));
        int64_t i = 0;
        for (; i + 8 <= dim; i += 8)
            _mm256_storeu_ps(y + i, _mm256_mul_ps(_mm256_mul_ps(_mm256_loadu_ps(x + i), scale),
                                                  _mm256_loadu_ps(weight + i)));
        if (i < dim) {
            const __m256 scaled = _mm256_mul_ps(_mm256_maskload_ps(x + i, mask), scale);
            _mm256_maskstore_ps(y + i, mask, _mm256_mul_ps(scaled, _mm256_maskload_ps(weight + i, mask)));
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{"avx2", CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::rmsnorm::avx2
