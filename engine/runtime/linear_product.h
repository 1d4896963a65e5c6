#pragma once

#include <cstddef>

#include "engine/model/packed_matrix.h"
#include "engine/runtime/dense_product.h"
#include "engine/runtime/kernel_plan.h"

namespace engine {

/// Activations of one thread in 8 bit, behind the matmul's own scratch.
struct QuantizedScratch {
    kernels::QuantizedRows rows;
    std::size_t bytes = 0;

    /// `memory`, aligned to 64 bytes, may be null to learn the size.
    QuantizedScratch(std::byte* memory, std::int64_t tokens, std::int64_t cols) {
        rows.tokens = tokens;
        rows.cols = cols;
        rows.ld = kernels::roundUp(cols, 64);
        const auto take = [&](std::int64_t size) {
            auto* at = memory == nullptr ? nullptr : memory + bytes;
            bytes += static_cast<std::size_t>(kernels::roundUp(size, 64));
            return at;
        };
        rows.q = reinterpret_cast<std::int8_t*>(take(rows.ld * tokens));
        rows.groupSums = reinterpret_cast<std::int32_t*>(take(rows.ld / 32 * tokens * 4));
        rows.scale = reinterpret_cast<float*>(take(tokens * 4));
        rows.zeroPoint = reinterpret_cast<std::int32_t*>(take(tokens * 4));
    }
};

/// Bytes of scratch that multiplyRows() needs for so many tokens.
inline std::size_t multiplyRowsScratch(const KernelPlan& plan, std::int64_t tokens, std::int64_t cols) {
    const auto own = static_cast<std::int64_t>(plan.matmulScratchBytes(tokens, cols));
    return static_cast<std::size_t>(kernels::roundUp(own, 64)) +
           QuantizedScratch(nullptr, tokens, cols).bytes;
}

/// y = x W^T on the calling thread, [tokens, rows] from [tokens, cols]: a matrix that is not quantized, or
/// one of 8-bit rows, which meets 8-bit activations. `scratch` is aligned to 64 bytes.
inline void multiplyRows(const KernelPlan& plan, const PackedMatrix& matrix, const float* x,
                         std::int64_t tokens, float* y, std::byte* scratch) {
    if (matrix.scheme == PackedMatrix::Scheme::dense) {
        multiplyDense(plan, matrix, x, tokens, y, scratch);
        return;
    }
    const auto own = static_cast<std::int64_t>(plan.matmulScratchBytes(tokens, matrix.cols));
    const QuantizedScratch quantized(scratch + kernels::roundUp(own, 64), tokens, matrix.cols);
    plan.quantizeActivations->fn(x, matrix.cols, kernels::quantize_activations::kLinearScaleFloor, 0, tokens,
                                 quantized.rows);
    plan.matmulInt8Runs.of(0, tokens).fn.run(matrix.int8(), quantized.rows, 0, matrix.tiles(), y, matrix.rows,
                                             scratch);
}

}  // namespace engine
