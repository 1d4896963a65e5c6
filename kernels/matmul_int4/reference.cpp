#include "kernels/matmul_int4/layout.h"
#include "kernels/matmul_int4/matmul_int4.h"

namespace kernels::matmul_int4::reference {
namespace {

std::size_t scratchBytes(std::int64_t, std::int64_t) noexcept {
    return 0;
}

int weightAt(const uint8_t* lines, std::int64_t row, std::int64_t i) noexcept {
    const int byte = lines[64 * (i % 16 / 4) + 4 * row + i % 4];
    return (i < 16 ? byte & 15 : byte >> 4) - 8;
}

double scaleAt(const uint8_t* scales, ScaleType type, std::int64_t row) noexcept {
    if (type == ScaleType::f32)
        return double{reinterpret_cast<const float*>(scales)[row]};
    return double{halfToFloat(reinterpret_cast<const uint16_t*>(scales)[row])};
}

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void*) noexcept {
    for (std::int64_t tile = tileBegin; tile < tileEnd; ++tile) {
        const auto* packed = static_cast<const uint8_t*>(w.packed) +
                             static_cast<std::size_t>(tile) * tileBytesOf(w.scales, w.cols);
        for (std::int64_t r = 0; r < kTileRows && tile * kTileRows + r < w.rows; ++r)
            for (std::int64_t t = 0; t < x.tokens; ++t) {
                double sum = 0.0;
                for (std::int64_t g = 0; g < groupsOf(w.cols); ++g) {
                    const uint8_t* lines = groupLines(packed, w.scales, g);
                    int dot = 0;
                    for (std::int64_t i = 0; i < kGroupSize && g * kGroupSize + i < w.cols; ++i)
                        dot += (x.q[t * x.ld + g * kGroupSize + i] - x.zeroPoint[t]) * weightAt(lines, r, i);
                    sum += scaleAt(groupScales(packed, w.scales, g), w.scales, r) * dot;
                }
                y[t * ldy + tile * kTileRows + r] = static_cast<float>(sum * double{x.scale[t]});
            }
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "reference", CpuFeature::none, {tileBytesOf, packTileRows, scratchBytes, run, kLayout}};
}  // namespace kernels::matmul_int4::reference
