#include "engine/train/train_kernels.h"

namespace engine::train {
namespace {

/// The reference, which needs nothing, is the last.
template <class Fn>
Fn preferred(std::span<const kernels::Variant<Fn>* const> variants) {
    for (const auto* variant : variants)
        if (kernels::has(variant->needs))
            return variant->fn;
    return variants.back()->fn;
}

}  // namespace

const TrainKernels& trainKernels() {
    static const TrainKernels chosen{preferred(kernels::gemm::variants()),
                                     preferred(kernels::softmax::variants()),
                                     preferred(kernels::swiglu::variants())};
    return chosen;
}

}  // namespace engine::train
