#pragma once

#include <cstdint>

#include "engine/base/aligned_buffer.h"
#include "engine/base/result.h"
#include "engine/model/model_config.h"
#include "kernels/attention/attention.h"

namespace engine {

/// Keys and values of every layer: per layer [nKvHeads, capacity, headDim] each, in BF16 or f32. Memory is
/// reserved at once and used as positions fill up.
class KvCache {
public:
    using Type = kernels::attention::KvType;

    /// Errors: outOfMemory with the bytes needed and available.
    static Result<KvCache> create(const ModelConfig& config, std::int64_t capacity, Type type);

    /// Stores one position's keys and values, rows [nKvHeads * headDim] of f32; BF16 rounds to nearest even.
    void store(std::int64_t layer, std::int64_t position, const float* k, const float* v) noexcept;

    const void* keys(std::int64_t layer) const noexcept { return at(layer, 0); }
    const void* values(std::int64_t layer) const noexcept { return at(layer, 1); }
    Type type() const noexcept { return type_; }
    std::int64_t capacity() const noexcept { return capacity_; }
    std::int64_t bytes() const noexcept { return static_cast<std::int64_t>(memory_.size()); }

    /// Bytes that one position takes over all layers.
    static std::int64_t bytesPerToken(const ModelConfig& config, Type type);

private:
    KvCache() = default;
    const std::byte* at(std::int64_t layer, int which) const noexcept;
    void storeRows(std::byte* base, std::int64_t position, const float* rows) noexcept;

    AlignedBuffer memory_;
    Type type_ = Type::bf16;
    std::int64_t capacity_ = 0;
    std::int64_t nKvHeads_ = 0;
    std::int64_t headDim_ = 0;
    std::size_t planeBytes_ = 0;  // one layer's keys
};

}  // namespace engine
