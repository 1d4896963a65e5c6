#include <immintrin.h>

#include "kernels/base/exp_avx2.h"
#include "kernels/base/tail_avx2.h"
#include "kernels/swiglu/swiglu.h"

namespace kernels::swiglu::avx2 {
namespace {

__m256 swiglu(__m256 gate, __m256 up) noexcept {
    const __m256 negated = _mm256_xor_ps(gate, _mm256_set1_ps(-0.0F));
    return _mm256_mul_ps(_mm256_div_ps(gate, _mm256_add_ps(_mm256_set1_ps(1.0F), expAvx2(negated))), up);
}

void run(const float* gate, const float* up, int64_t n, float* y) noexcept {
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(y + i, swiglu(_mm256_loadu_ps(gate + i), _mm256_loadu_ps(up + i)));
    if (i < n) {
        const __m256i rest = tailMaskAvx2(n - i);
        _mm256_maskstore_ps(y + i, rest,
                            swiglu(_mm256_maskload_ps(gate + i, rest), _mm256_maskload_ps(up + i, rest)));
    }
}

}  // namespace
extern const Variant<Fn> variant{"avx2", CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::swiglu::avx2
