#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/kernel_choice.h"
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

/// One variant per op, chosen once; kernels are called through it without further dispatch. Immutable.
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
    std::vector<KernelChoice> choices;

    /// `spec`: "auto", a level (kernelLevels(): the best variant of every op up to it; amx and onednn only
    /// when they are asked for), pins ("matmul=onednn,attention=avx2"; matmul pins every matmul that has the
    /// variant), or a level and pins. `exact` excludes variants that round activations to BF16. Errors:
    /// invalidInput for unknown words, unavailable for a level or pin that this CPU, build or exactness
    /// cannot honour.
    static Result<KernelPlan> make(std::string_view spec, bool exact);

    /// "matmul_int4=avx512_vnni rmsnorm=avx512 …"
    std::string summary() const;
    /// The chosen variants whose results for a token depend, in their last bits, on how many tokens are
    /// computed at once: "matmul_dense=onednn", empty when there is none.
    std::string batchDependent() const;
    /// The most demanding variant in use, for a short label ("avx512_vnni").
    std::string label() const;
};

/// Names that `spec` accepts as a level, weakest first: reference, those of ARM, those of x86-64, and the two
/// that have to be asked for.
std::vector<std::string_view> kernelLevels();

}  // namespace engine
