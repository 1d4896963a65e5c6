// f32 multiply-add, 16 rows per register; activations are used as they are.
#include "kernels/matmul_dense/tiled.h"
#include "kernels/matmul_dense/vectors_avx512.h"

namespace kernels::matmul_dense::avx512 {
namespace {

std::size_t scratchBytes(std::int64_t, std::int64_t) noexcept {
    return 0;
}

void run(const Weights& w, const float* x, std::int64_t ldx, std::int64_t tokens, std::int64_t tileBegin,
         std::int64_t tileEnd, float* y, std::int64_t ldy, void*) noexcept {
    Tiled<Avx512>::run(w, x, ldx, tokens, tileBegin, tileEnd, y, ldy);
}

}  // namespace
extern const Variant<Fn> variant{
    "avx512", CpuFeature::avx512, {tileBytesOf, packTileLines, scratchBytes, run, kLayout}};
}  // namespace kernels::matmul_dense::avx512
