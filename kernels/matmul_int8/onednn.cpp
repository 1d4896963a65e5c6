#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/one_thread_scope.h"
#include "kernels/matmul_int8/matmul_int8.h"

// oneDNN's integer GEMM. Before VNNI it adds products in saturating 16-bit lanes (oneDNN guide, "Nuances of
// int8 computations"), which breaks the contract's exact integers: hence the features asked for.
namespace kernels::matmul_int8::onednn {
namespace {

// Layout: rows as they are, 16 per tile, so that the whole packed matrix is one row-major matrix.
int64_t rowBytes(int64_t cols) noexcept {
    return roundUp(cols, 4);
}
size_t tileBytes(int64_t cols) noexcept {
    return static_cast<size_t>(kTileRows * rowBytes(cols));
}
size_t scratchBytes(int64_t, int64_t) noexcept {
    return 0;
}

void packTile(const int8_t* values, int64_t ldv, int64_t rows, int64_t cols, void* tile) noexcept {
    auto* to = static_cast<int8_t*>(tile);
    memset(to, 0, tileBytes(cols));
    for (int64_t r = 0; r < rows; ++r)
        memcpy(to + r * rowBytes(cols), values + r * ldv, static_cast<size_t>(cols));
}

void run(const Weights& w, const QuantizedRows& x, int64_t tileBegin, int64_t tileEnd, float* y, int64_t ldy,
         void*) noexcept {
    const int64_t first = tileBegin * kTileRows;
    const int64_t rows = (tileEnd * kTileRows < w.rows ? tileEnd * kTileRows : w.rows) - first;
    if (rows <= 0)
        return;
    const OneThreadScope scope;
    const auto* packed = static_cast<const int8_t*>(w.packed) + first * rowBytes(w.cols);
    // The integers land where the results will stand: both are 32 bits wide.
    auto* sums = reinterpret_cast<int32_t*>(y + first);
    const int32_t none = 0;
    if (dnnl_gemm_s8s8s32('N', 'T', 'F', x.tokens, rows, w.cols, 1.0F, x.q, x.ld, 0, packed, rowBytes(w.cols),
                          0, 0.0F, sums, ldy, &none) != dnnl_success)
        abort();  // only out of memory: shapes and types are the contract's
    for (int64_t t = 0; t < x.tokens; ++t)
        for (int64_t r = 0; r < rows; ++r) {
            int32_t sum;
            memcpy(&sum, sums + t * ldy + r, sizeof sum);
            const int32_t exact = sum - x.zeroPoint[t] * w.rowSums[first + r];
            y[t * ldy + first + r] = x.scale[t] * w.scales[first + r] * static_cast<float>(exact);
        }
}

}  // namespace
extern const Variant<Fn> variant{"onednn",
                                 CpuFeature::avx512 | CpuFeature::avx512Vnni,
                                 {tileBytes, packTile, scratchBytes, run, "int8_onednn_v1"}};
}  // namespace kernels::matmul_int8::onednn
