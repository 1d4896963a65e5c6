#include "engine/benchmark/attention_trial_cache.h"

#include <algorithm>
#include <vector>

#include "engine/benchmark/kernel_trial_data.h"

namespace engine {
namespace {

ModelConfig oneLayer(std::int64_t kvHeads, std::int64_t headDim) {
    ModelConfig config;
    config.nLayers = 1;
    config.nKvHeads = kvHeads;
    config.headDim = headDim;
    return config;
}

}  // namespace

AttentionTrialCache::AttentionTrialCache(KvCache::Type type, std::int64_t kvHeads, std::int64_t position0,
                                         std::int64_t tokens, std::int64_t headDim)
    : config_(oneLayer(kvHeads, headDim)),
      position0_(position0),
      cache_(KvCache::create(config_, position0 + tokens, type)) {
    if (!cache_)
        return;
    TrialNumbers random(10);
    for (std::int64_t position = 0; position < position0 + tokens; ++position) {
        const auto k = random.numbers(kvHeads * headDim);
        const auto v = random.numbers(kvHeads * headDim);
        cache_->store(0, position, k.data(), v.data());
        // What the tokens themselves see stays as one forward pass would find it.
        if (position < position0)
            cache_->settle(0, position + 1, 0, 1);
    }
}

void AttentionTrialCache::describe(kernels::attention::Problem& problem) const {
    cache_->describe(0, position0_, problem);
}

std::string_view nameOf(KvCache::Type type) {
    const auto& all = kvSchemes();
    return std::find_if(all.begin(), all.end(), [=](const auto& scheme) { return scheme.type == type; })
        ->name;
}

}  // namespace engine
