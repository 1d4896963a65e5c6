#include <immintrin.h>

#include "kernels/base/exp_avx512.h"
#include "kernels/softmax/softmax.h"

namespace kernels::softmax::avx512 {
namespace {

constexpr float kMinusInfinity = -__builtin_inff();

/// Sixteen elements from `from`, of which those beyond `mask` become -inf: no maximum and no probability.
__m512 loadTail(const float* from, __mmask16 mask) noexcept {
    return _mm512_mask_loadu_ps(_mm512_set1_ps(kMinusInfinity), mask, from);
}

float largest(const float* x, int64_t dim, __mmask16 rest) noexcept {
    __m512 top = _mm512_set1_ps(kMinusInfinity);
    int64_t i = 0;
    for (; i + 16 <= dim; i += 16)
        top = _mm512_max_ps(top, _mm512_loadu_ps(x + i));
    return _mm512_reduce_max_ps(_mm512_max_ps(top, loadTail(x + i, rest)));
}

/// Sums in double: a vocabulary of 128 k terms costs f32 more than the tolerance.
__m512d addWide(__m512d sum, __m512 v) noexcept {
    sum = _mm512_add_pd(sum, _mm512_cvtps_pd(_mm512_castps512_ps256(v)));
    return _mm512_add_pd(sum, _mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1)));
}

/// y = exp(x - top); returns the sum of y.
double exponentials(const float* x, int64_t dim, float top, __mmask16 rest, float* y) noexcept {
    const __m512 tops = _mm512_set1_ps(top);
    __m512d sum = _mm512_setzero_pd();
    int64_t i = 0;
    for (; i + 16 <= dim; i += 16) {
        const __m512 e = expAvx512(_mm512_sub_ps(_mm512_loadu_ps(x + i), tops));
        _mm512_storeu_ps(y + i, e);
        sum = addWide(sum, e);
    }
    const __m512 e = expAvx512(_mm512_sub_ps(loadTail(x + i, rest), tops));
    _mm512_mask_storeu_ps(y + i, rest, e);
    return _mm512_reduce_add_pd(addWide(sum, e));
}

void run(const float* x, int64_t rows, int64_t dim, float* y) noexcept {
    const auto rest = static_cast<__mmask16>((1u << (dim % 16)) - 1u);
    for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
        const double sum = exponentials(x, dim, largest(x, dim, rest), rest, y);
        const __m512 scale = _mm512_set1_ps(static_cast<float>(1.0 / sum));
        int64_t i = 0;
        for (; i + 16 <= dim; i += 16)
            _mm512_storeu_ps(y + i, _mm512_mul_ps(_mm512_loadu_ps(y + i), scale));
        _mm512_mask_storeu_ps(y + i, rest, _mm512_mul_ps(_mm512_maskz_loadu_ps(rest, y + i), scale));
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::softmax::avx512
