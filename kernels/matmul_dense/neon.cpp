// f32 multiply-add, 4 rows per register and a whole tile of 16 per block, so that a lone token reads one
// linear stream; activations are used as they are.
#include <arm_neon.h>

#include "kernels/base/lanes_neon.h"
#include "kernels/matmul_dense/tiled.h"

namespace kernels::matmul_dense::neon {
namespace {

struct Neon {
    using Vector = float32x4_t;
    static constexpr int64_t kLanes = 4;
    static constexpr int kVectors = 4;
    static constexpr int kTokens = 6;  // 24 accumulators, 4 weights, 1 activation of the 32 registers

    static Vector zero() noexcept { return vdupq_n_f32(0.0F); }
    static Vector broadcast(float value) noexcept { return vdupq_n_f32(value); }
    static Vector add(Vector a, Vector b) noexcept { return vaddq_f32(a, b); }
    static Vector fma(Vector a, Vector b, Vector c) noexcept { return vfmaq_f32(c, a, b); }
    static void store(float* to, Vector v, int64_t lanes) noexcept { storeFirstNeon(to, v, lanes); }
    static Vector f32(const void* line) noexcept { return vld1q_f32(static_cast<const float*>(line)); }
    static Vector f16(const void* line) noexcept {
        return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(static_cast<const uint16_t*>(line))));
    }
    static Vector bf16Even(const void* line) noexcept {
        return vreinterpretq_f32_u32(vshlq_n_u32(vld1q_u32(static_cast<const uint32_t*>(line)), 16));
    }
    static Vector bf16Odd(const void* line) noexcept {
        return vreinterpretq_f32_u32(
            vandq_u32(vld1q_u32(static_cast<const uint32_t*>(line)), vdupq_n_u32(0xffff0000U)));
    }
};

std::size_t scratchBytes(std::int64_t, std::int64_t) noexcept {
    return 0;
}

void run(const Weights& w, const float* x, std::int64_t ldx, std::int64_t tokens, std::int64_t tileBegin,
         std::int64_t tileEnd, float* y, std::int64_t ldy, void*) noexcept {
    Tiled<Neon>::run(w, x, ldx, tokens, tileBegin, tileEnd, y, ldy);
}

}  // namespace
extern const Variant<Fn> variant{
    "neon", CpuFeature::asimd, {tileBytesOf, packTileLines, scratchBytes, run, kLayout}};
}  // namespace kernels::matmul_dense::neon
