#include <cmath>

#include "kernels/quantize_activations/quantize_activations.h"

namespace kernels::quantize_activations::reference {
namespace {

float clampToInt8(float value) noexcept {
    return value < -128.0F ? -128.0F : value > 127.0F ? 127.0F : value;
}

void quantizeRow(const float* x, float scaleFloor, std::int64_t row, const QuantizedRows& out) noexcept {
    float low = 0.0F;
    float high = 0.0F;
    for (std::int64_t i = 0; i < out.cols; ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    float scale = (high - low) / 255.0F;
    scale = scale > scaleFloor ? scale : scaleFloor;
    // nearbyint in the default rounding mode: half to even.
    const float zeroPoint = clampToInt8(-128.0F - std::nearbyint(low / scale));
    const float inverse = 1.0F / scale;
    out.scale[row] = scale;
    out.zeroPoint[row] = static_cast<std::int32_t>(zeroPoint);
    std::int8_t* q = out.q + row * out.ld;
    for (std::int64_t i = 0; i < out.cols; ++i)
        q[i] = static_cast<std::int8_t>(clampToInt8(std::nearbyint(x[i] * inverse) + zeroPoint));
    for (std::int64_t i = out.cols; i < out.ld; ++i)
        q[i] = 0;
    for (std::int64_t g = 0; g < out.ld / kGroupSize; ++g) {
        std::int32_t sum = 0;
        for (std::int64_t i = 0; i < kGroupSize; ++i)
            sum += q[g * kGroupSize + i];
        out.groupSums[row * (out.ld / kGroupSize) + g] = sum;
    }
}

void run(const float* x, std::int64_t ldx, float scaleFloor, std::int64_t rowBegin, std::int64_t rowEnd,
         const QuantizedRows& out) noexcept {
    for (std::int64_t row = rowBegin; row < rowEnd; ++row)
        quantizeRow(x + row * ldx, scaleFloor, row, out);
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, run};
}  // namespace kernels::quantize_activations::reference
