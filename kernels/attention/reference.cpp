#include <cmath>

#include "kernels/attention/attention.h"
#include "kernels/base/half.h"

namespace kernels::attention::reference {
namespace {

float load(const void* base, KvType type, std::int64_t index) noexcept {
    return type == KvType::f32 ? static_cast<const float*>(base)[index]
                               : bf16ToFloat(static_cast<const uint16_t*>(base)[index]);
}

std::size_t scratchBytes(std::int64_t, std::int64_t, std::int64_t, std::int64_t positions) noexcept {
    return static_cast<std::size_t>(positions) * sizeof(double);
}

void attend(const Problem& p, std::int64_t kvHead, std::int64_t token, std::int64_t head,
            double* scores) noexcept {
    const float* q = p.q + token * p.ldq + head * p.headDim;
    const std::int64_t base = kvHead * p.capacity * p.headDim;
    const std::int64_t keys = p.position0 + token + 1;
    double top = -INFINITY;
    for (std::int64_t j = 0; j < keys; ++j) {
        double dot = 0.0;
        for (std::int64_t i = 0; i < p.headDim; ++i)
            dot += double{q[i]} * double{load(p.k, p.type, base + j * p.headDim + i)};
        scores[j] = dot * double{p.scale};
        top = scores[j] > top ? scores[j] : top;
    }
    double sum = 0.0;
    for (std::int64_t j = 0; j < keys; ++j) {
        scores[j] = std::exp(scores[j] - top);
        sum += scores[j];
    }
    for (std::int64_t i = 0; i < p.headDim; ++i) {
        double value = 0.0;
        for (std::int64_t j = 0; j < keys; ++j)
            value += scores[j] * double{load(p.v, p.type, base + j * p.headDim + i)};
        p.out[token * p.ldo + head * p.headDim + i] = static_cast<float>(value / sum);
    }
}

void run(const Problem& p, std::int64_t kvHead, std::int64_t tokenBegin, std::int64_t tokenEnd,
         void* scratch) noexcept {
    const std::int64_t group = p.nHeads / p.nKvHeads;
    for (std::int64_t token = tokenBegin; token < tokenEnd; ++token)
        for (std::int64_t g = 0; g < group; ++g)
            attend(p, kvHead, token, kvHead * group + g, static_cast<double*>(scratch));
}

}  // namespace
extern const Variant<Fn> variant{"reference", CpuFeature::none, {scratchBytes, run}};
}  // namespace kernels::attention::reference
