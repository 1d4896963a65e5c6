#pragma once

#include "kernels/gemm/gemm.h"
#include "kernels/softmax/softmax.h"
#include "kernels/swiglu/swiglu.h"

namespace engine::train {

/// The kernels of the float passes: of every op the preferred variant that this CPU runs.
struct TrainKernels {
    kernels::gemm::Fn gemm = nullptr;
    kernels::softmax::Fn softmax = nullptr;
    kernels::swiglu::Fn swiglu = nullptr;
};
const TrainKernels& trainKernels();

}  // namespace engine::train
