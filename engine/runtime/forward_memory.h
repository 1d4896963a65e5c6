#pragma once

#include <cstdint>

#include "engine/model/model_config.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/kv_cache.h"

namespace engine {

/// What Forward will have reserved for a cache of `capacity` positions once it has run the largest prefill
/// chunk that this kind of cache takes and wanted the last token's logits: activations, quantized rows,
/// kernels' scratch of every thread, partial attention results and logits, in bytes.
std::int64_t forwardBytes(const ModelConfig& config, const KernelPlan& plan, std::int64_t capacity,
                          KvCache::Type kv, int threads);

}  // namespace engine
