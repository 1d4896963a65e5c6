// Widening products of nibbles and activations, added in 16 bits: 8 of at most 15 * 128 add up to 15360.
#include "kernels/matmul_int4/tiles_neon.h"

namespace kernels::matmul_int4::neon {
namespace {

struct Multiply {
    struct Sums {
        int16x8_t low;  // rows 0 and 1, four columns each
        int16x8_t high;
    };
    static Sums zero() noexcept { return {vdupq_n_s16(0), vdupq_n_s16(0)}; }
    template <int Lane>
    static void add(Sums& sums, int8x16_t nibbles, int8x16_t q) noexcept {
        const int8x16_t four = vreinterpretq_s8_s32(vdupq_laneq_s32(vreinterpretq_s32_s8(q), Lane));
        sums.low = vmlal_s8(sums.low, vget_low_s8(nibbles), vget_low_s8(four));
        sums.high = vmlal_high_s8(sums.high, nibbles, four);
    }
    static int32x4_t total(Sums sums) noexcept {
        return vpaddq_s32(vpaddlq_s16(sums.low), vpaddlq_s16(sums.high));
    }
};
using Product = TilesNeon<Multiply>;

}  // namespace
extern const Variant<Fn> variant{
    "neon", CpuFeature::asimd, {tileBytesOf, packTileRows, Product::scratchBytes, Product::run, kLayout}};
}  // namespace kernels::matmul_int4::neon
