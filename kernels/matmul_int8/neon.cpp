// Widening products, added in pairs to 32 bits: two of 128 * 128 would not fit 16.
#include "kernels/matmul_int8/tiles_neon.h"

namespace kernels::matmul_int8::neon {
namespace {

struct Multiply {
    static constexpr int kQuarters = 2;
    struct Sums {
        int32x4_t low;  // rows 0 and 1, two pairs of columns each
        int32x4_t high;
    };
    static Sums zero() noexcept { return {vdupq_n_s32(0), vdupq_n_s32(0)}; }
    template <int Lane>
    static void add(Sums& sums, int8x16_t weights, int8x16_t q) noexcept {
        const int8x16_t four = vreinterpretq_s8_s32(vdupq_laneq_s32(vreinterpretq_s32_s8(q), Lane));
        sums.low = vpadalq_s16(sums.low, vmull_s8(vget_low_s8(weights), vget_low_s8(four)));
        sums.high = vpadalq_s16(sums.high, vmull_high_s8(weights, four));
    }
    static int32x4_t total(Sums sums) noexcept { return vpaddq_s32(sums.low, sums.high); }
};
using Product = TilesNeon<Multiply>;

}  // namespace
extern const Variant<Fn> variant{
    "neon", CpuFeature::asimd, {tileBytesOf, packTileLines, Product::scratchBytes, Product::run, kLayout}};
}  // namespace kernels::matmul_int8::neon
