#include "engine/runtime/kv_cache.h"

#include <cstring>
#include <string>

#include "engine/base/float_types.h"
#include "engine/model/model.h"

namespace engine {
namespace {

std::size_t elementBytes(KvCache::Type type) {
    return type == KvCache::Type::f32 ? 4 : 2;
}

}  // namespace

std::int64_t KvCache::bytesPerToken(const ModelConfig& config, Type type) {
    return 2 * config.nLayers * config.nKvHeads * config.headDim *
           static_cast<std::int64_t>(elementBytes(type));
}

Result<KvCache> KvCache::create(const ModelConfig& config, std::int64_t capacity, Type type) {
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(bytesPerToken(config, type), capacity, &bytes))
        return Error{ErrorCode::invalidInput,
                     "context: " + std::to_string(capacity) + " positions are more than can be counted"};
    if (const auto available = availableMemoryBytes(); available && bytes > *available)
        return Error{ErrorCode::outOfMemory, "a context of " + std::to_string(capacity) + " tokens needs " +
                                                 std::to_string(bytes >> 20) + " MiB of KV cache, " +
                                                 std::to_string(*available >> 20) +
                                                 " MiB are free; choose a smaller context"};
    KvCache cache;
    cache.type_ = type;
    cache.capacity_ = capacity;
    cache.nKvHeads_ = config.nKvHeads;
    cache.headDim_ = config.headDim;
    cache.planeBytes_ =
        static_cast<std::size_t>(config.nKvHeads * capacity * config.headDim) * elementBytes(type);
    cache.memory_ = AlignedBuffer(static_cast<std::size_t>(bytes), PageSize::small);
    if (cache.memory_.data() == nullptr)
        return Error{ErrorCode::outOfMemory,
                     "no memory for a KV cache of " + std::to_string(bytes >> 20) + " MiB"};
    return cache;
}

const std::byte* KvCache::at(std::int64_t layer, int which) const noexcept {
    return memory_.data() + static_cast<std::size_t>(2 * layer + which) * planeBytes_;
}

void KvCache::storeRows(std::byte* base, std::int64_t position, const float* rows) noexcept {
    for (std::int64_t head = 0; head < nKvHeads_; ++head) {
        const auto offset = (head * capacity_ + position) * headDim_;
        const float* from = rows + head * headDim_;
        if (type_ == Type::f32) {
            std::memcpy(reinterpret_cast<float*>(base) + offset, from,
                        static_cast<std::size_t>(headDim_) * 4);
            continue;
        }
        auto* to = reinterpret_cast<std::uint16_t*>(base) + offset;
        for (std::int64_t i = 0; i < headDim_; ++i)
            to[i] = toBf16(from[i]);
    }
}

void KvCache::store(std::int64_t layer, std::int64_t position, const float* k, const float* v) noexcept {
    storeRows(const_cast<std::byte*>(at(layer, 0)), position, k);
    storeRows(const_cast<std::byte*>(at(layer, 1)), position, v);
}

}  // namespace engine
