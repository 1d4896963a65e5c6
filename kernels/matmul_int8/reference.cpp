#include <string.h>

#include "kernels/matmul_int8/matmul_int8.h"

namespace kernels::matmul_int8::reference {
namespace {

// Layout: rows as they are, 16 per tile.
std::size_t tileBytes(std::int64_t cols) noexcept {
    return static_cast<std::size_t>(roundUp(kTileRows * cols, 64));
}
std::size_t scratchBytes(std::int64_t, std::int64_t) noexcept {
    return 0;
}

void packTile(const std::int8_t* values, std::int64_t ldv, std::int64_t rows, std::int64_t cols,
              void* tile) noexcept {
    auto* to = static_cast<std::int8_t*>(tile);
    memset(to, 0, tileBytes(cols));
    for (std::int64_t r = 0; r < rows; ++r)
        memcpy(to + r * cols, values + r * ldv, static_cast<std::size_t>(cols));
}

void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd, float* y,
         std::int64_t ldy, void*) noexcept {
    for (std::int64_t tile = tileBegin; tile < tileEnd; ++tile) {
        const auto* packed =
            static_cast<const std::int8_t*>(w.packed) + static_cast<std::size_t>(tile) * tileBytes(w.cols);
        for (std::int64_t r = 0; r < kTileRows && tile * kTileRows + r < w.rows; ++r) {
            const std::int64_t o = tile * kTileRows + r;
            for (std::int64_t t = 0; t < x.tokens; ++t) {
                std::int32_t dot = 0;
                for (std::int64_t k = 0; k < w.cols; ++k)
                    dot += x.q[t * x.ld + k] * packed[r * w.cols + k];
                const std::int32_t exact = dot - x.zeroPoint[t] * w.rowSums[o];
                y[t * ldy + o] = static_cast<float>(double{x.scale[t]} * double{w.scales[o]} * exact);
            }
        }
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "reference", CpuFeature::none, {tileBytes, packTile, scratchBytes, run, "int8_rows_v1"}};
}  // namespace kernels::matmul_int8::reference
