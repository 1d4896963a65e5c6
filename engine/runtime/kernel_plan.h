#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/kernel_choice.h"
#include "engine/runtime/kernel_levels.h"
#include "engine/runtime/kernel_table.h"
#include "engine/runtime/matmul_runs.h"
#include "kernels/attention/attention.h"
#include "kernels/embedding/embedding.h"
#include "kernels/hadamard/hadamard.h"
#include "kernels/matmul_dense/matmul_dense.h"
#include "kernels/matmul_int4/matmul_int4.h"
#include "kernels/matmul_int8/matmul_int8.h"
#include "kernels/quantize_activations/quantize_activations.h"
#include "kernels/rmsnorm/rmsnorm.h"
#include "kernels/rope/rope.h"
#include "kernels/softmax/softmax.h"
#include "kernels/swiglu/swiglu.h"

namespace engine {

/// One variant per op, chosen once; kernels are called through it without further dispatch. Immutable. Of a
/// matmul, the variant named here packs the weights, and its runs say which one computes: variants of one
/// packed layout may take turns with the number of tokens.
struct KernelPlan {
    const kernels::Variant<kernels::matmul_dense::Fn>* matmulDense = nullptr;
    const kernels::Variant<kernels::matmul_int4::Fn>* matmulInt4 = nullptr;
    const kernels::Variant<kernels::matmul_int8::Fn>* matmulInt8 = nullptr;
    const kernels::Variant<kernels::quantize_activations::Fn>* quantizeActivations = nullptr;
    const kernels::Variant<kernels::rmsnorm::Fn>* rmsnorm = nullptr;
    const kernels::Variant<kernels::rope::Fn>* rope = nullptr;
    const kernels::Variant<kernels::attention::Fn>* attention = nullptr;
    const kernels::Variant<kernels::softmax::Fn>* softmax = nullptr;
    const kernels::Variant<kernels::swiglu::Fn>* swiglu = nullptr;
    const kernels::Variant<kernels::hadamard::Fn>* hadamard = nullptr;
    const kernels::Variant<kernels::embedding::Fn>* embedding = nullptr;
    MatmulRuns<kernels::matmul_dense::Fn> matmulDenseRuns;  ///< by kernels::matmul_dense::WeightType
    MatmulRuns<kernels::matmul_int4::Fn> matmulInt4Runs;    ///< by kernels::matmul_int4::ScaleType
    MatmulRuns<kernels::matmul_int8::Fn> matmulInt8Runs;
    std::vector<KernelChoice> choices;

    /// `spec`: "auto", a level (kernelLevels(): the best variant of every op up to it; amx and onednn only
    /// when they are asked for), pins ("matmul=onednn,attention=avx2"; matmul pins every matmul that has the
    /// variant), or a level and pins. `exact` excludes variants that round activations to BF16. Errors:
    /// invalidInput for unknown words, unavailable for a level or pin that this CPU, build or exactness
    /// cannot honour.
    ///
    /// Where no level is given and an op is not pinned, `table` decides, which also opens the way to amx and
    /// onednn where they were measured to be faster; otherwise the order in kernels/ops.cmake does. In exact
    /// arithmetic the table brings no variant whose results depend on the number of tokens, and no mixing.
    static Result<KernelPlan> make(std::string_view spec, bool exact, const KernelTable& table);
    /// With this machine's table (kernelTableHere()).
    static Result<KernelPlan> make(std::string_view spec, bool exact);

    /// Bytes of scratch per thread that every matmul variant of the plan needs for up to `tokens` tokens.
    std::size_t matmulScratchBytes(std::int64_t tokens, std::int64_t cols) const;

    /// "matmul_int4=avx512_vnni rmsnorm=avx512 …"
    std::string summary() const;
    /// The chosen variants whose results for a token depend, in their last bits, on how many tokens are
    /// computed at once: "matmul_dense=onednn", empty when there is none. Variants that take turns count: no
    /// two are known to sum in the same order.
    std::string batchDependent() const;
    /// The most demanding variant in use, for a short label ("avx512_vnni").
    std::string label() const;
};

}  // namespace engine
