#include <stdlib.h>
#include <string.h>

#include <oneapi/dnnl/dnnl.hpp>

#include "kernels/base/half.h"
#include "kernels/base/one_thread_scope.h"
#include "kernels/matmul_dense/matmul_dense.h"

// oneDNN's GEMMs, versions 2 and 3 of its interface. BF16 weights meet BF16 activations where the CPU
// multiplies BF16 in hardware; elsewhere, and for F16, blocks of rows are widened to f32 first, which pays
// for itself over many tokens.
namespace kernels::matmul_dense::onednn {
namespace {

constexpr int64_t kPartColumns = 1024;  // one running f32 sum over more would lose what the contract promises
constexpr int64_t kWidenRows =
    128;  // 1 MiB of f32 at 2048 columns: stays in the L2 cache while the tokens pass over it

// Layout: rows as they are, 16 per tile, padded so that the whole packed matrix is one row-major matrix.
int64_t rowItems(WeightType type, int64_t cols) noexcept {
    return type == WeightType::f32 ? cols : roundUp(cols, 2);
}
int64_t itemSize(WeightType type) noexcept {
    return type == WeightType::f32 ? 4 : 2;
}
size_t tileBytes(WeightType type, int64_t cols) noexcept {
    return static_cast<size_t>(kTileRows * rowItems(type, cols) * itemSize(type));
}

void packTile(WeightType type, const void* source, int64_t ld, int64_t rows, int64_t cols,
              void* tile) noexcept {
    const int64_t size = itemSize(type);
    memset(tile, 0, tileBytes(type, cols));
    for (int64_t r = 0; r < rows; ++r)
        memcpy(static_cast<char*>(tile) + r * rowItems(type, cols) * size,
               static_cast<const char*>(source) + r * ld * size, static_cast<size_t>(cols * size));
}

size_t scratchBytes(int64_t tokens, int64_t cols) noexcept {
    const int64_t widened = kWidenRows * cols * 4;
    const int64_t rounded = tokens * cols * 2;
    return static_cast<size_t>(widened > rounded ? widened : rounded);
}

struct Range {
    const char* rows;  // the first row's weights
    int64_t first;
    int64_t count;
};

void checked(dnnl_status_t status) noexcept {
    if (status != dnnl_success)
        abort();  // only out of memory: shapes and types are the contract's
}

/// y = x * rows^T in f32.
void multiply(const float* x, int64_t ldx, int64_t tokens, const float* rows, int64_t cols, int64_t count,
              float* y, int64_t ldy) noexcept {
    for (int64_t part = 0; part < cols; part += kPartColumns) {
        const int64_t width = cols - part < kPartColumns ? cols - part : kPartColumns;
        checked(dnnl_sgemm('N', 'T', tokens, count, width, 1.0F, x + part, ldx, rows + part, cols,
                           part == 0 ? 0.0F : 1.0F, y, ldy));
    }
}

void runWidened(const Weights& w, const Range& range, const float* x, int64_t ldx, int64_t tokens, float* y,
                int64_t ldy, float* scratch) noexcept {
    const int64_t ld = rowItems(w.type, w.cols);
    for (int64_t begin = 0; begin < range.count; begin += kWidenRows) {
        const int64_t count = range.count - begin < kWidenRows ? range.count - begin : kWidenRows;
        for (int64_t r = 0; r < count; ++r) {
            const auto* row = reinterpret_cast<const uint16_t*>(range.rows) + (begin + r) * ld;
            float* to = scratch + r * w.cols;
            if (w.type == WeightType::bf16)
                for (int64_t k = 0; k < w.cols; ++k)
                    to[k] = bf16ToFloat(row[k]);
            else
                for (int64_t k = 0; k < w.cols; ++k)
                    to[k] = halfToFloat(row[k]);
        }
        multiply(x, ldx, tokens, scratch, w.cols, count, y + range.first + begin, ldy);
    }
}

void runBf16(const Weights& w, const Range& range, const float* x, int64_t ldx, int64_t tokens, float* y,
             int64_t ldy, uint16_t* rounded) {
    using dnnl::memory;
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    for (int64_t t = 0; t < tokens; ++t)
        for (int64_t k = 0; k < w.cols; ++k)
            rounded[t * w.cols + k] = floatToBf16(x[t * ldx + k]);
    const int64_t ld = rowItems(w.type, w.cols);
    const memory::desc source({tokens, w.cols}, memory::data_type::bf16, memory::dims{w.cols, 1});
    const memory::desc weights({w.cols, range.count}, memory::data_type::bf16, memory::dims{1, ld});
    const memory::desc result({tokens, range.count}, memory::data_type::f32, memory::dims{ldy, 1});
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::matmul::primitive_desc description(engine, source, weights, result);
#else
    const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(source, weights, result), engine);
#endif
    dnnl::stream stream(engine);
    dnnl::matmul(description)  // oneDNN keeps compiled primitives of shapes it has seen
        .execute(stream, {{DNNL_ARG_SRC, memory(source, engine, rounded)},
                          {DNNL_ARG_WEIGHTS, memory(weights, engine, const_cast<char*>(range.rows))},
                          {DNNL_ARG_DST, memory(result, engine, y + range.first)}});
    stream.wait();
}

void run(const Weights& w, const float* x, int64_t ldx, int64_t tokens, int64_t tileBegin, int64_t tileEnd,
         float* y, int64_t ldy, void* scratch) noexcept {
    const int64_t first = tileBegin * kTileRows;
    const int64_t end = tileEnd * kTileRows < w.rows ? tileEnd * kTileRows : w.rows;
    if (first >= end || tokens <= 0)
        return;
    const Range range{
        static_cast<const char*>(w.packed) + static_cast<size_t>(tileBegin) * tileBytes(w.type, w.cols),
        first, end - first};
    const OneThreadScope scope;
    if (w.type == WeightType::f32)
        multiply(x, ldx, tokens, reinterpret_cast<const float*>(range.rows), w.cols, range.count, y + first,
                 ldy);
    else if (w.type == WeightType::bf16 && has(CpuFeature::avx512 | CpuFeature::avx512Bf16))
        runBf16(w, range, x, ldx, tokens, y, ldy, static_cast<uint16_t*>(scratch));
    else
        runWidened(w, range, x, ldx, tokens, y, ldy, static_cast<float*>(scratch));
}

}  // namespace
extern const Variant<Fn> variant{"onednn",
                                 CpuFeature::avx2,
                                 {tileBytes, packTile, scratchBytes, run, "dense_padded_rows_v1"},
                                 Trait::roundsActivations | Trait::dependsOnBatch};
}  // namespace kernels::matmul_dense::onednn
