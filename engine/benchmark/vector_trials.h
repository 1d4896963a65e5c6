#pragma once

#include <cstdint>

#include "engine/benchmark/kernel_trial.h"
#include "kernels/attention/attention.h"
#include "kernels/embedding/embedding.h"

namespace engine {

KernelTrial rmsnormTrial(std::int64_t rows, std::int64_t dim);
KernelTrial ropeTrial(std::int64_t tokens, std::int64_t heads, std::int64_t headDim, bool halves);
KernelTrial attentionTrial(std::int64_t tokens, std::int64_t position0, std::int64_t heads,
                           std::int64_t kvHeads, std::int64_t headDim, kernels::attention::KvType type);
KernelTrial softmaxTrial(std::int64_t rows, std::int64_t dim);
KernelTrial swigluTrial(std::int64_t count);
KernelTrial hadamardTrial(std::int64_t rows, std::int64_t dim);
/// Blocks of 32 (q8_0, q4_0) want `dim` to be a multiple of 32.
KernelTrial embeddingTrial(std::int64_t count, std::int64_t dim, kernels::embedding::TableType type);

}  // namespace engine
