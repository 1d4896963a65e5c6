#pragma once

#include <arm_neon.h>

// Static, so that no variant's copy can be used by another (see README); include it in NEON variant files
// only.
namespace kernels {

/// 2^n for |n| <= 126.
static inline float32x4_t powerOfTwoNeon(int32x4_t n) noexcept {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(n, vdupq_n_s32(127)), 23));
}

/// e^x for 4 lanes, error under 2 ulp; 0 below -104, +inf above 88.73, NaN stays NaN, subnormal results are
/// kept. The polynomial is that of exp_avx512.h.
static inline float32x4_t expNeon(float32x4_t x) noexcept {
    x = vmaxq_f32(x, vdupq_n_f32(-105.0F));  // fmax and fmin keep NaN
    x = vminq_f32(x, vdupq_n_f32(89.0F));
    const float32x4_t n = vrndnq_f32(vmulq_f32(x, vdupq_n_f32(0x1.715476p+0F)));
    float32x4_t r = vfmsq_f32(x, n, vdupq_n_f32(0x1.62e43p-1F));
    r = vfmsq_f32(r, n, vdupq_n_f32(-0x1.05c61p-29F));
    float32x4_t q = vdupq_n_f32(0x1.6a2434p-10F);
    q = vfmaq_f32(vdupq_n_f32(0x1.1239e4p-7F), q, r);
    q = vfmaq_f32(vdupq_n_f32(0x1.5558f2p-5F), q, r);
    q = vfmaq_f32(vdupq_n_f32(0x1.555492p-3F), q, r);
    q = vfmaq_f32(vdupq_n_f32(0x1.fffffcp-2F), q, r);
    const float32x4_t p = vaddq_f32(vfmaq_f32(r, vmulq_f32(r, r), q), vdupq_n_f32(1.0F));
    // 2^n in two factors: n reaches -152 and 128, which one float exponent cannot hold.
    const int32x4_t exponent = vcvtq_s32_f32(n);
    const int32x4_t half = vshrq_n_s32(exponent, 1);
    return vmulq_f32(vmulq_f32(p, powerOfTwoNeon(half)), powerOfTwoNeon(vsubq_s32(exponent, half)));
}

}  // namespace kernels
