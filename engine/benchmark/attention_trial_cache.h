#pragma once

#include <cstdint>
#include <string_view>

#include "engine/runtime/kv_cache.h"

namespace engine {

/// One layer of a KV cache with seeded keys and values in [-1, 1). For kivi2, position0 + tokens must not
/// pass a multiple of KvCache::kWindow, as no forward pass does.
class AttentionTrialCache {
public:
    AttentionTrialCache(KvCache::Type type, std::int64_t kvHeads, std::int64_t position0, std::int64_t tokens,
                        std::int64_t headDim);
    /// False when there was no memory for it.
    bool valid() const { return cache_.has_value(); }
    void describe(kernels::attention::Problem& problem) const;
    /// Bytes that attention over all positions has to read, about.
    std::int64_t bytes() const { return cache_->bytes(); }

private:
    ModelConfig config_;
    std::int64_t position0_;
    Result<KvCache> cache_;
};

std::string_view nameOf(KvCache::Type type);

}  // namespace engine
