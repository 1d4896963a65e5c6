#include <arm_neon.h>

#include "kernels/base/exp_neon.h"
#include "kernels/base/lanes_neon.h"
#include "kernels/swiglu/swiglu.h"

namespace kernels::swiglu::neon {
namespace {

void run(const float* gate, const float* up, int64_t n, float* y) noexcept {
    for (int64_t i = 0; i < n; i += 4) {
        const float32x4_t g = loadFirstNeon(gate + i, n - i);
        const float32x4_t silu = vdivq_f32(g, vaddq_f32(vdupq_n_f32(1.0F), expNeon(vnegq_f32(g))));
        storeFirstNeon(y + i, vmulq_f32(silu, loadFirstNeon(up + i, n - i)), n - i);
    }
}

}  // namespace
extern const Variant<Fn> variant{"neon", CpuFeature::asimd, run};
}  // namespace kernels::swiglu::neon
