#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

/// Products of f32 matrices that change from call to call, as training needs them: nothing is packed.
///
/// c[i,j] = sum_k a'[i,k] * b'[k,j], added to c where `accumulate`; a' is a [m, k] or, where `transposeA`,
/// the transposed of a [k, m]; b' likewise is [k, n] or the transposed of [n, k]. All row-major f32 with row
/// strides lda, ldb, ldc; c may not overlap a or b. Runs on the calling thread.
/// Tolerance: |c - reference| <= 2e-6 * sum_k |a' b'| + 1e-6 * |c before|.
namespace kernels::gemm {

struct Problem {
    std::int64_t m = 0;
    std::int64_t n = 0;
    std::int64_t k = 0;
    const float* a = nullptr;
    std::int64_t lda = 0;
    bool transposeA = false;
    const float* b = nullptr;
    std::int64_t ldb = 0;
    bool transposeB = false;
    float* c = nullptr;
    std::int64_t ldc = 0;
    bool accumulate = false;
};

using Fn = void (*)(const Problem& problem) noexcept;

/// All variants, preferred first, reference last. Not among kernels::ops(): a model that only runs has no use
/// for it, so no plan names it.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::gemm
