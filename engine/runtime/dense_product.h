#pragma once

#include "engine/model/packed_matrix.h"
#include "engine/runtime/kernel_plan.h"

namespace engine {

/// y = x W^T on the calling thread, [tokens, rows] from [tokens, cols], with a matrix that is not quantized.
/// `scratch`: KernelPlan::matmulScratchBytes().
inline void multiplyDense(const KernelPlan& plan, const PackedMatrix& matrix, const float* x,
                          std::int64_t tokens, float* y, void* scratch) {
    const auto weights = matrix.dense();
    plan.matmulDenseRuns.of(static_cast<std::size_t>(weights.type), tokens)
        .fn.run(weights, x, matrix.cols, tokens, 0, matrix.tiles(), y, matrix.rows, scratch);
}

/// Whether the variant that multiplies this matrix brings its own threads, so that one thread of the team has
/// to call it.
inline bool bringsThreads(const KernelPlan& plan, const PackedMatrix& matrix, std::int64_t tokens) {
    if (matrix.scheme == PackedMatrix::Scheme::int8)
        return kernels::hasTrait(plan.matmulInt8Runs.of(0, tokens).traits, kernels::Trait::ownThreads);
    return kernels::hasTrait(
        plan.matmulDenseRuns.of(static_cast<std::size_t>(matrix.denseType), tokens).traits,
        kernels::Trait::ownThreads);
}

}  // namespace engine
