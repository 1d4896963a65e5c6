#include <arm_neon.h>

#include "kernels/base/lanes_neon.h"
#include "kernels/rope/rope.h"

namespace kernels::rope::neon {
namespace {

/// Four pairs, turned.
float32x4x2_t rotated(float32x4x2_t pairs, float32x4_t cosines, float32x4_t sines) noexcept {
    const float32x4_t a = pairs.val[0];
    const float32x4_t b = pairs.val[1];
    return {{vfmsq_f32(vmulq_f32(a, cosines), b, sines), vfmaq_f32(vmulq_f32(b, cosines), a, sines)}};
}

void rotateAdjacent(float* x, int64_t half, const float* cosRow, const float* sinRow) noexcept {
    int64_t i = 0;
    for (; i + 4 <= half; i += 4)
        vst2q_f32(x + 2 * i, rotated(vld2q_f32(x + 2 * i), vld1q_f32(cosRow + i), vld1q_f32(sinRow + i)));
    for (; i < half; ++i) {
        const float32x2_t pair = vld1_f32(x + 2 * i);
        const float32x4x2_t one = {{vdupq_lane_f32(pair, 0), vdupq_lane_f32(pair, 1)}};
        const float32x4x2_t turned = rotated(one, vdupq_n_f32(cosRow[i]), vdupq_n_f32(sinRow[i]));
        vst1q_lane_f32(x + 2 * i, turned.val[0], 0);
        vst1q_lane_f32(x + 2 * i + 1, turned.val[1], 0);
    }
}

void rotateHalves(float* x, int64_t half, const float* cosRow, const float* sinRow) noexcept {
    for (int64_t i = 0; i < half; i += 4) {
        const int64_t left = half - i;
        const float32x4x2_t pairs = {{loadFirstNeon(x + i, left), loadFirstNeon(x + half + i, left)}};
        const float32x4x2_t turned =
            rotated(pairs, loadFirstNeon(cosRow + i, left), loadFirstNeon(sinRow + i, left));
        storeFirstNeon(x + i, turned.val[0], left);
        storeFirstNeon(x + half + i, turned.val[1], left);
    }
}

void run(float* x, int64_t ldx, int64_t tokens, int64_t heads, int64_t headDim, const float* cosTable,
         const float* sinTable, int64_t position0, PairOrder order) noexcept {
    const int64_t half = headDim / 2;
    const auto rotate = order == PairOrder::adjacent ? rotateAdjacent : rotateHalves;
    for (int64_t t = 0; t < tokens; ++t) {
        const float* cosRow = cosTable + (position0 + t) * half;
        const float* sinRow = sinTable + (position0 + t) * half;
        for (int64_t h = 0; h < heads; ++h)
            rotate(x + t * ldx + h * headDim, half, cosRow, sinRow);
    }
}

}  // namespace
extern const Variant<Fn> variant{"neon", CpuFeature::asimd, run};
}  // namespace kernels::rope::neon
