// Blocks of keys with 4 f32 lanes; BF16 keys are transposed as pairs, which halves the shuffles.
#include <arm_neon.h>
#include <string.h>

#include "kernels/attention/blockwise.h"
#include "kernels/attention/partial.h"
#include "kernels/base/exp_neon.h"
#include "kernels/base/lanes_neon.h"

namespace kernels::attention::neon {
namespace {

struct Neon {
    using Vector = float32x4_t;
    using Words = uint32x4_t;
    static constexpr bool kPairs = false;
    static constexpr int64_t kLanes = 4;
    static constexpr int kRows = 6;
    static constexpr int kVectors = 4;

    static Vector zero() noexcept { return vdupq_n_f32(0.0F); }
    static Vector broadcast(float value) noexcept { return vdupq_n_f32(value); }
    static Vector load(const float* from) noexcept { return vld1q_f32(from); }
    static void store(float* to, Vector v) noexcept { vst1q_f32(to, v); }
    static Vector mul(Vector a, Vector b) noexcept { return vmulq_f32(a, b); }
    static Vector add(Vector a, Vector b) noexcept { return vaddq_f32(a, b); }
    static Vector fma(Vector a, Vector b, Vector c) noexcept { return vfmaq_f32(c, a, b); }
    static Vector max(Vector a, Vector b) noexcept { return vmaxq_f32(a, b); }
    static Vector inRegister(Vector v) noexcept {
        asm("" : "+w"(v));
        return v;
    }
    static Vector exp(Vector v) noexcept { return expNeon(v); }
    static float sumOf(Vector v) noexcept { return vaddvq_f32(v); }
    static float largestOf(Vector v) noexcept { return vmaxvq_f32(v); }

    static Vector keepFirst(Vector v, int64_t count) noexcept {
        return vbslq_f32(firstLanesNeon(count), v, vdupq_n_f32(-__builtin_inff()));
    }
    static void storeFirst(float* to, Vector v, int64_t count) noexcept { storeFirstNeon(to, v, count); }
    static Vector loadFirst(const float* from, int64_t count) noexcept { return loadFirstNeon(from, count); }
    static Vector loadPairs(const uint16_t* from, int64_t count) noexcept {
        uint16_t padded[8] = {};
        if (count < 8) {
            memcpy(padded, from, static_cast<size_t>(count) * sizeof(uint16_t));
            from = padded;
        }
        return vreinterpretq_f32_u16(vld1q_u16(from));
    }
    static Vector load(const uint16_t* from) noexcept {
        return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(from), 16));
    }
    static Vector load(const int8_t* from) noexcept {
        int32_t four;
        memcpy(&four, from, sizeof four);
        const int16x8_t wide = vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(four)));
        return vcvtq_f32_s32(vmovl_s16(vget_low_s16(wide)));
    }
    static Vector loadHalf(const uint16_t* from) noexcept {
        return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(from)));
    }
    template <class E>
    static Vector loadFirst(const E* from, int64_t count) noexcept {
        if (count >= 4)
            return load(from);
        E padded[4] = {};
        memcpy(padded, from, static_cast<size_t>(count) * sizeof(E));
        return load(padded);
    }
    static Vector evenOf(Vector pairs) noexcept {
        return vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(pairs), 16));
    }
    static Vector oddOf(Vector pairs) noexcept {
        return vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(pairs), vdupq_n_u32(0xffff0000U)));
    }

    static Words loadWords(const uint32_t* from) noexcept { return vld1q_u32(from); }
    static Words shifted(Words words, int bits) noexcept { return vshlq_u32(words, vdupq_n_s32(-bits)); }
    static Vector masked(Words words, uint32_t mask) noexcept {
        return vcvtq_f32_u32(vandq_u32(words, vdupq_n_u32(mask)));
    }

    static void transposeQuads(Vector (&lines)[4]) noexcept {
        const float64x2_t a = vreinterpretq_f64_f32(vzip1q_f32(lines[0], lines[1]));
        const float64x2_t b = vreinterpretq_f64_f32(vzip2q_f32(lines[0], lines[1]));
        const float64x2_t c = vreinterpretq_f64_f32(vzip1q_f32(lines[2], lines[3]));
        const float64x2_t d = vreinterpretq_f64_f32(vzip2q_f32(lines[2], lines[3]));
        lines[0] = vreinterpretq_f32_f64(vzip1q_f64(a, c));
        lines[1] = vreinterpretq_f32_f64(vzip2q_f64(a, c));
        lines[2] = vreinterpretq_f32_f64(vzip1q_f64(b, d));
        lines[3] = vreinterpretq_f32_f64(vzip2q_f64(b, d));
    }
    static void transpose(Vector (&lines)[4]) noexcept { transposeQuads(lines); }
    static Vector sumEach(const Vector (&lines)[4]) noexcept {
        return vpaddq_f32(vpaddq_f32(lines[0], lines[1]), vpaddq_f32(lines[2], lines[3]));
    }
};

}  // namespace
extern const Variant<Fn> variant{
    "neon",
    CpuFeature::asimd,
    {Partial<Neon>::scratchBytes, Blockwise<Neon>::run, Partial<Neon>::run, Partial<Neon>::merge}};
}  // namespace kernels::attention::neon
