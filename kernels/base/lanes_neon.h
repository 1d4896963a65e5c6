#pragma once

#include <arm_neon.h>
#include <stdint.h>

// Ends of rows that do not fill a register. Static, so that no variant's copy can be used by another (see
// README); include it in NEON variant files only.
namespace kernels {

/// The first `count` of 4 lanes; the others are 0. Reads nothing beyond them.
static inline float32x4_t loadFirstNeon(const float* from, int64_t count) noexcept {
    if (count >= 4)
        return vld1q_f32(from);
    float32x4_t v = vdupq_n_f32(0.0F);
    if (count > 0)
        v = vld1q_lane_f32(from, v, 0);
    if (count > 1)
        v = vld1q_lane_f32(from + 1, v, 1);
    if (count > 2)
        v = vld1q_lane_f32(from + 2, v, 2);
    return v;
}

/// Writes the first `count` of 4 lanes and nothing beyond them.
static inline void storeFirstNeon(float* to, float32x4_t v, int64_t count) noexcept {
    if (count >= 4) {
        vst1q_f32(to, v);
        return;
    }
    if (count > 0)
        vst1q_lane_f32(to, v, 0);
    if (count > 1)
        vst1q_lane_f32(to + 1, v, 1);
    if (count > 2)
        vst1q_lane_f32(to + 2, v, 2);
}

/// All bits set in the first `count` of 4 lanes.
static inline uint32x4_t firstLanesNeon(int64_t count) noexcept {
    const int32_t order[4] = {0, 1, 2, 3};
    return vcltq_s32(vld1q_s32(order), vdupq_n_s32(count >= 4   ? 4
                                                   : count <= 0 ? 0
                                                                : static_cast<int32_t>(count)));
}

}  // namespace kernels
