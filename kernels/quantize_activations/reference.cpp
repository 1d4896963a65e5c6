#include <cmath>

#include "kernels/quantize_activations/quantize_activations.h"

namespace kernels::quantize_activations::reference {
namespace {

float clamped(float value, float least, float most) noexcept {
    return value < least ? least : value > most ? most : value;
}

void quantizeRow(const float* x, float scaleFloor, std::int64_t row, const QuantizedRows& out) noexcept {
    const float least = -static_cast<float>(1 << (out.bits - 1));
    const float most = -least - 1.0F;
    float low = 0.0F;
    float high = 0.0F;
    for (std::int64_t i = 0; i < out.cols; ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    float scale = (high - low) / (most - least);
    scale = scale > scaleFloor ? scale : scaleFloor;
    // nearbyint in the default rounding mode: half to even.
    const float zeroPoint = clamped(least - std::nearbyint(low / scale), least, most);
    const float inverse = 1.0F / scale;
    out.scale[row] = scale;
    out.zeroPoint[row] = static_cast<std::int32_t>(zeroPoint);
    std::int8_t* q = out.q + row * out.ld;
    for (std::int64_t i = 0; i < out.cols; ++i)
        q[i] = static_cast<std::int8_t>(clamped(std::nearbyint(x[i] * inverse) + zeroPoint, least, most));
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
