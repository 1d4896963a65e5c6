#include "kernels/base/half.h"
#include "kernels/matmul_dense/matmul_dense.h"

namespace kernels::matmul_dense::reference {
namespace {

// Layout: rows as they are, 16 per tile.
std::int64_t itemSize(WeightType type) noexcept {
    return type == WeightType::f32 ? 4 : 2;
}

std::size_t tileBytes(WeightType type, std::int64_t cols) noexcept {
    return static_cast<std::size_t>(roundUp(kTileRows * cols * itemSize(type), 64));
}

void packTile(WeightType type, const void* source, std::int64_t ld, std::int64_t rows, std::int64_t cols,
              void* tile) noexcept {
    const auto rowBytes = static_cast<std::size_t>(cols * itemSize(type));
    const auto* from = static_cast<const char*>(source);
    auto* to = static_cast<char*>(tile);
    memset(to, 0, tileBytes(type, cols));
    for (std::int64_t r = 0; r < rows; ++r)
        memcpy(to + static_cast<std::size_t>(r) * rowBytes, from + r * ld * itemSize(type), rowBytes);
}

std::size_t scratchBytes(std::int64_t, std::int64_t) noexcept {
    return 0;
}

double element(const Weights& w, const void* tile, std::int64_t i) noexcept {
    if (w.type == WeightType::f32)
        return double{static_cast<const float*>(tile)[i]};
    const uint16_t bits = static_cast<const uint16_t*>(tile)[i];
    return double{w.type == WeightType::bf16 ? bf16ToFloat(bits) : halfToFloat(bits)};
}

void run(const Weights& w, const float* x, std::int64_t ldx, std::int64_t tokens, std::int64_t tileBegin,
         std::int64_t tileEnd, float* y, std::int64_t ldy, void*) noexcept {
    for (std::int64_t tile = tileBegin; tile < tileEnd; ++tile) {
        const auto* packed =
            static_cast<const char*>(w.packed) + static_cast<std::size_t>(tile) * tileBytes(w.type, w.cols);
        for (std::int64_t r = 0; r < kTileRows && tile * kTileRows + r < w.rows; ++r)
            for (std::int64_t t = 0; t < tokens; ++t) {
                double sum = 0.0;
                for (std::int64_t k = 0; k < w.cols; ++k)
                    sum += double{x[t * ldx + k]} * element(w, packed, r * w.cols + k);
                y[t * ldy + tile * kTileRows + r] = static_cast<float>(sum);
            }
    }
}

}  // namespace
extern const Variant<Fn> variant{
    "reference", CpuFeature::none, {tileBytes, packTile, scratchBytes, run, "dense_rows_v1"}};
}  // namespace kernels::matmul_dense::reference
