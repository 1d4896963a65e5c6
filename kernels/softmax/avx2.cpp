#include <immintrin.h>

#include "kernels/base/exp_avx2.h"
#include "kernels/base/tail_avx2.h"
#include "kernels/softmax/softmax.h"

namespace kernels::softmax::avx2 {
namespace {

constexpr float kMinusInfinity = -__builtin_inff();

/// Eight elements from `from`, of which those beyond `mask` become -inf: no maximum and no probability.
__m256 loadTail(const float* from, __m256i mask) noexcept {
    return _mm256_blendv_ps(_mm256_set1_ps(kMinusInfinity), _mm256_maskload_ps(from, mask),
                            _mm256_castsi256_ps(mask));
}

float largest(const float* x, int64_t dim, __m256i rest) noexcept {
    __m256 top = _mm256_set1_ps(kMinusInfinity);
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8)
        top = _mm256_max_ps(top, _mm256_loadu_ps(x + i));
    if (i < dim)
        top = _mm256_max_ps(top, loadTail(x + i, rest));
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(top), _mm256_extractf128_ps(top, 1));
    four = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(four, _mm_movehdup_ps(four)));
}

/// Sums in double: a vocabulary of 128 k terms costs f32 more than the tolerance.
__m256d addWide(__m256d sum, __m256 v) noexcept {
    sum = _mm256_add_pd(sum, _mm256_cvtps_pd(_mm256_castps256_ps128(v)));
    return _mm256_add_pd(sum, _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1)));
}

/// y = exp(x - top); returns the sum of y.
double exponentials(const float* x, int64_t dim, float top, __m256i rest, float* y) noexcept {
    const __m256 tops = _mm256_set1_ps(top);
    __m256d sum = _mm256_setzero_pd();
    int64_t i = 0;
    for (; i + 8 <= dim; i += 8) {
        const __m256 e = expAvx2(_mm256_sub_ps(_mm256_loadu_ps(x + i), tops));
        _mm256_storeu_ps(y + i, e);
        sum = addWide(sum, e);
    }
    if (i < dim) {
        const __m256 e = expAvx2(_mm256_sub_ps(loadTail(x + i, rest), tops));
        _mm256_maskstore_ps(y + i, rest, e);
        sum = addWide(sum, e);
    }
    const __m128d pair = _mm_add_pd(_mm256_castpd256_pd128(sum), _mm256_extractf128_pd(sum, 1));
    return _mm_cvtsd_f64(_mm_add_sd(pair, _mm_unpackhi_pd(pair, pair)));
}

void run(const float* x, int64_t rows, int64_t dim, float* y) noexcept {
    const __m256i rest = tailMaskAvx2(dim % 8);
    for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
        const double sum = exponentials(x, dim, largest(x, dim, rest), rest, y);
        const __m256 scale = _mm256_set1_ps(static_cast<float>(1.0 / sum));
        int64_t i = 0;
        for (; i + 8 <= dim; i += 8)
            _mm256_storeu_ps(y + i, _mm256_mul_ps(_mm256_loadu_ps(y + i), scale));
        if (i < dim)
            _mm256_maskstore_ps(y + i, rest, _mm256_mul_ps(_mm256_maskload_ps(y + i, rest), scale));
    }
}

}  // namespace
extern const Variant<Fn> variant{"avx2", CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::softmax::avx2
