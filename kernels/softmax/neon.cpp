#include <arm_neon.h>

#include "kernels/base/exp_neon.h"
#include "kernels/base/lanes_neon.h"
#include "kernels/softmax/softmax.h"

namespace kernels::softmax::neon {
namespace {

/// Four elements, of which those beyond `count` become -inf: no maximum and no probability.
float32x4_t loadPadded(const float* from, int64_t count) noexcept {
    if (count >= 4)
        return vld1q_f32(from);
    return vbslq_f32(firstLanesNeon(count), loadFirstNeon(from, count), vdupq_n_f32(-__builtin_inff()));
}

float largest(const float* x, int64_t dim) noexcept {
    float32x4_t top = vdupq_n_f32(-__builtin_inff());
    for (int64_t i = 0; i < dim; i += 4)
        top = vmaxq_f32(top, loadPadded(x + i, dim - i));
    return vmaxvq_f32(top);
}

/// y = exp(x - top); returns the sum of y, in double: a vocabulary of 128 k terms costs f32 more than the
/// tolerance.
double exponentials(const float* x, int64_t dim, float top, float* y) noexcept {
    const float32x4_t tops = vdupq_n_f32(top);
    float64x2_t low = vdupq_n_f64(0.0);
    float64x2_t high = vdupq_n_f64(0.0);
    for (int64_t i = 0; i < dim; i += 4) {
        const float32x4_t e = expNeon(vsubq_f32(loadPadded(x + i, dim - i), tops));
        storeFirstNeon(y + i, e, dim - i);
        low = vaddq_f64(low, vcvt_f64_f32(vget_low_f32(e)));
        high = vaddq_f64(high, vcvt_high_f64_f32(e));
    }
    return vaddvq_f64(vaddq_f64(low, high));
}

void run(const float* x, int64_t rows, int64_t dim, float* y) noexcept {
    for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
        const double sum = exponentials(x, dim, largest(x, dim), y);
        const auto scale = static_cast<float>(1.0 / sum);
        for (int64_t i = 0; i < dim; i += 4)
            storeFirstNeon(y + i, vmulq_n_f32(loadFirstNeon(y + i, dim - i), scale), dim - i);
    }
}

}  // namespace
extern const Variant<Fn> variant{"neon", CpuFeature::asimd, run};
}  // namespace kernels::softmax::neon
