#pragma once

#include <cstdint>

#include "engine/model/model_config.h"
#include "engine/runtime/kernel_plan.h"

namespace engine {

/// What Forward will have reserved for a context of `capacity` once it has run a prefill chunk of
/// Forward::kChunk tokens (fewer where the context is smaller) and wanted the last token's logits:
/// activations, quantized rows, kernels' scratch of every thread, partial attention results and logits, in
/// bytes.
std::int64_t forwardBytes(const ModelConfig& config, const KernelPlan& plan, std::int64_t capacity,
                          int threads);

}  // namespace engine
