#pragma once

#include <cstdint>
#include <optional>

#include "engine/model/model_config.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/kv_cache.h"

namespace engine {

/// What a person chooses that decides how much memory a model needs.
struct FitConditions {
    std::int64_t context = 8192;  ///< taken down to the model's own where that is less
    KvCache::Type kv = KvCache::Type::bf16;
    int threads = 1;
    std::int64_t images = 1;  ///< of the most tiles, in the context of a model that sees
    bool operator==(const FitConditions&) const = default;
};

enum class FitVerdict { unknown, fits, tight, tooLarge };

/// The memory of one loaded model, item by item, in bytes.
struct MemoryFit {
    std::int64_t weights = 0;               ///< as packed for the plan's kernels
    std::int64_t kvCache = 0;               ///< of the whole context; pages are used as positions fill up
    std::int64_t activations = 0;           ///< buffers of a prefill chunk and the kernels' scratch
    std::int64_t images = 0;                ///< keys and values of images, and the buffers of encoding one
    std::int64_t application = 0;           ///< the process that holds the model: code, libraries, tokenizer
    std::int64_t context = 0;               ///< that kvCache is for
    std::optional<std::int64_t> available;  ///< what the system could hand out

    std::int64_t total() const { return weights + kvCache + activations + images + application; }
    /// tight: more than 85 % of what is available, so that other programs may be pushed out.
    FitVerdict verdict() const;
};

/// From the engine's own accounting: weightsSize(), KvCache::bytesFor(), forwardBytes(),
/// ImageKeys::bytesFor(), ImageEncoder::bytesFor(). `weightsBytes`: what weightsSize() gave for the plan.
MemoryFit estimateFit(const ModelConfig& config, std::int64_t weightsBytes, const KernelPlan& plan,
                      const FitConditions& conditions, std::optional<std::int64_t> available);

}  // namespace engine
