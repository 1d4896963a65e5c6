// The reference's arithmetic, 16 values at a time: the same integers and scales bit for bit.
#include <arm_neon.h>

#include "kernels/base/lanes_neon.h"
#include "kernels/quantize_activations/quantize_activations.h"

namespace kernels::quantize_activations::neon {
namespace {

/// What one row is quantized by.
struct Scaling {
    float inverse;
    float zeroPoint;
    float least;
    float most;
};

int16x4_t quantizeFour(float32x4_t x, Scaling by) noexcept {
    const float32x4_t moved = vaddq_f32(vrndnq_f32(vmulq_n_f32(x, by.inverse)), vdupq_n_f32(by.zeroPoint));
    const float32x4_t clamped = vmaxq_f32(vdupq_n_f32(by.least), vminq_f32(vdupq_n_f32(by.most), moved));
    return vmovn_s32(vcvtq_s32_f32(clamped));
}

/// 16 values at x, of which those beyond `count` become 0; returns their sum.
std::int32_t quantizeSixteen(const float* x, std::int64_t count, Scaling by, std::int8_t* q) noexcept {
    int16x4_t fours[4];
    for (int i = 0; i < 4; ++i) {
        fours[i] = quantizeFour(loadFirstNeon(x + 4 * i, count - 4 * i), by);
        if (count < 16)
            fours[i] = vand_s16(fours[i], vreinterpret_s16_u16(vmovn_u32(firstLanesNeon(count - 4 * i))));
    }
    const int8x16_t bytes =
        vcombine_s8(vmovn_s16(vcombine_s16(fours[0], fours[1])), vmovn_s16(vcombine_s16(fours[2], fours[3])));
    vst1q_s8(q, bytes);
    return vaddlvq_s8(bytes);
}

void quantizeRow(const float* x, float scaleFloor, std::int64_t row, const QuantizedRows& out) noexcept {
    float32x4_t lows = vdupq_n_f32(0.0F);
    float32x4_t highs = vdupq_n_f32(0.0F);
    for (std::int64_t i = 0; i < out.cols; i += 4) {
        const float32x4_t v = loadFirstNeon(x + i, out.cols - i);
        lows = vminq_f32(lows, v);
        highs = vmaxq_f32(highs, v);
    }
    const float low = vminvq_f32(lows);
    const float least = -static_cast<float>(1 << (out.bits - 1));
    const float most = -least - 1.0F;
    float scale = (vmaxvq_f32(highs) - low) / (most - least);
    scale = scale > scaleFloor ? scale : scaleFloor;
    float zeroPoint = least - vrndns_f32(low / scale);
    zeroPoint = zeroPoint < least ? least : zeroPoint > most ? most : zeroPoint;
    out.scale[row] = scale;
    out.zeroPoint[row] = static_cast<std::int32_t>(zeroPoint);

    const Scaling by{1.0F / scale, zeroPoint, least, most};
    std::int8_t* q = out.q + row * out.ld;
    std::int32_t* sums = out.groupSums + row * (out.ld / kGroupSize);
    for (std::int64_t i = 0; i < out.ld; i += kGroupSize)
        sums[i / kGroupSize] = quantizeSixteen(x + i, out.cols - i, by, q + i) +
                               quantizeSixteen(x + i + 16, out.cols - i - 16, by, q + i + 16);
}

void run(const float* x, std::int64_t ldx, float scaleFloor, std::int64_t rowBegin, std::int64_t rowEnd,
         const QuantizedRows& out) noexcept {
    for (std::int64_t row = rowBegin; row < rowEnd; ++row)
        quantizeRow(x + row * ldx, scaleFloor, row, out);
}

}  // namespace
extern const Variant<Fn> variant{"neon", CpuFeature::asimd, run};
}  // namespace kernels::quantize_activations::neon
