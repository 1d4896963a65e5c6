#pragma once

#include <cstdint>

#include "engine/benchmark/kernel_trial.h"
#include "kernels/matmul_dense/matmul_dense.h"
#include "kernels/matmul_int4/matmul_int4.h"

namespace engine {

KernelTrial denseTrial(std::int64_t tokens, std::int64_t rows, std::int64_t cols,
                       kernels::matmul_dense::WeightType type);
KernelTrial int4Trial(std::int64_t tokens, std::int64_t rows, std::int64_t cols,
                      kernels::matmul_int4::ScaleType scales);
KernelTrial int8Trial(std::int64_t tokens, std::int64_t rows, std::int64_t cols);
KernelTrial quantizeTrial(std::int64_t tokens, std::int64_t cols);

}  // namespace engine
