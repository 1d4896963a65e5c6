#include <immintrin.h>

#include "kernels/base/exp_avx512.h"
#include "kernels/swiglu/swiglu.h"

namespace kernels::swiglu::avx512 {
namespace {

__m512 swiglu(__m512 gate, __m512 up) noexcept {
    const __m512 negated = _mm512_xor_ps(gate, _mm512_set1_ps(-0.0F));
    return _mm512_mul_ps(_mm512_div_ps(gate, _mm512_add_ps(_mm512_set1_ps(1.0F), expAvx512(negated))), up);
}

void run(const float* gate, const float* up, int64_t n, float* y) noexcept {
    int64_t i = 0;
    for (; i + 16 <= n; i += 16)
        _mm512_storeu_ps(y + i, swiglu(_mm512_loadu_ps(gate + i), _mm512_loadu_ps(up + i)));
    const auto rest = static_cast<__mmask16>((1u << (n - i)) - 1u);
    _mm512_mask_storeu_ps(y + i, rest,
                          swiglu(_mm512_maskz_loadu_ps(rest, gate + i), _mm512_maskz_loadu_ps(rest, up + i)));
}

}  // namespace
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512 | CpuFeature::avx2 | CpuFeature::fma | CpuFeature::f16c, run};
}  // namespace kernels::swiglu::avx512
