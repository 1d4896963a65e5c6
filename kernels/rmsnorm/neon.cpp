#include <arm_neon.h>

#include "kernels/base/lanes_neon.h"
#include "kernels/rmsnorm/rmsnorm.h"

namespace kernels::rmsnorm::neon {
namespace {

/// In double: squares of large activations overflow f32.
double sumOfSquares(const float* x, int64_t dim) noexcept {
    float64x2_t low = vdupq_n_f64(0.0);
    float64x2_t high = vdupq_n_f64(0.0);
    for (int64_t i = 0; i < dim; i += 4) {
        const float32x4_t v = loadFirstNeon(x + i, dim - i);
        const float64x2_t a = vcvt_f64_f32(vget_low_f32(v));
        const float64x2_t b = vcvt_high_f64_f32(v);
        low = vfmaq_f64(low, a, a);
        high = vfmaq_f64(high, b, b);
    }
    return vaddvq_f64(vaddq_f64(low, high));
}

double inverseRoot(double value) noexcept {
    return 1.0 / vget_lane_f64(vsqrt_f64(vdup_n_f64(value)), 0);
}

void run(const float* x, const float* weight, float eps, int64_t rows, int64_t dim, float* y) noexcept {
    for (int64_t r = 0; r < rows; ++r, x += dim, y += dim) {
        const double mean = sumOfSquares(x, dim) / static_cast<double>(dim);
        const auto scale = static_cast<float>(inverseRoot(mean + double{eps}));
        for (int64_t i = 0; i < dim; i += 4) {
            const float32x4_t scaled = vmulq_n_f32(loadFirstNeon(x + i, dim - i), scale);
            storeFirstNeon(y + i, vmulq_f32(scaled, loadFirstNeon(weight + i, dim - i)), dim - i);
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{"neon", CpuFeature::asimd, run};
}  // namespace kernels::rmsnorm::neon
