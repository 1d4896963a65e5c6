#include "kernels/ops.h"

#include <vector>

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

namespace kernels {
namespace {

template <class Fn>
std::vector<VariantInfo> infos(std::span<const Variant<Fn>* const> variants) {
    std::vector<VariantInfo> list;
    for (const auto* variant : variants)
        list.push_back({variant->name, variant->needs, variant->traits});
    return list;
}

struct Catalog {
    std::vector<std::vector<VariantInfo>> variants{
        infos(matmul_dense::variants()), infos(matmul_int4::variants()),
        infos(matmul_int8::variants()),  infos(quantize_activations::variants()),
        infos(rmsnorm::variants()),      infos(rope::variants()),
        infos(attention::variants()),    infos(softmax::variants()),
        infos(swiglu::variants()),       infos(hadamard::variants()),
        infos(embedding::variants())};
    std::vector<OpInfo> ops;

    Catalog() {
        constexpr const char* kNames[] = {
            "matmul_dense", "matmul_int4", "matmul_int8", "quantize_activations",
            "rmsnorm",      "rope",        "attention",   "softmax",
            "swiglu",       "hadamard",    "embedding"};
        for (std::size_t i = 0; i < variants.size(); ++i)
            ops.push_back({kNames[i], variants[i]});
    }
};

}  // namespace

std::span<const OpInfo> ops() {
    static const Catalog catalog;
    return catalog.ops;
}

}  // namespace kernels
