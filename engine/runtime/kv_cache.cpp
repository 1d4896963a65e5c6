#include "engine/runtime/kv_cache.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "engine/base/float_types.h"
#include "engine/model/model.h"
#include "engine/runtime/kv_quantize.h"
#include "kernels/attention/kivi2.h"
#include "kernels/base/tile.h"

namespace engine {
namespace {

namespace kivi2 = kernels::attention::kivi2;

constexpr std::int64_t kAlignment = 64;
static_assert(KvCache::kWindow % kivi2::kGroup == 0 && KvCache::kWindow % kernels::attention::kBlock == 0);

/// Bytes of a number that is stored by itself; kivi2: in the window.
std::int64_t elementBytes(KvCache::Type type) {
    switch (type) {
        case KvCache::Type::f32:
            return 4;
        case KvCache::Type::int8:
            return 1;
        default:
            return 2;
    }
}

std::int64_t aligned(std::int64_t bytes) {
    return kernels::roundUp(bytes, kAlignment);
}

}  // namespace

std::int64_t KvCache::bytesPerToken(const ModelConfig& config, Type type) {
    const auto heads = config.nLayers * config.nKvHeads;
    switch (type) {
        case Type::int8:
            return 2 * heads * (config.headDim + static_cast<std::int64_t>(sizeof(float)));
        case Type::kivi2:
            return heads * (kivi2::keyBytes(config.headDim) + kivi2::valueBytes(config.headDim)) /
                   kivi2::kGroup;
        default:
            return 2 * heads * config.headDim * elementBytes(type);
    }
}

KvCache::Layout KvCache::layoutOf(const ModelConfig& config, std::int64_t capacity, Type type) {
    Layout layout;
    const auto heads = config.nKvHeads;
    if (type == Type::kivi2) {
        const auto groups = heads * (capacity / kWindow * kWindow / kivi2::kGroup);
        layout.keys = aligned(groups * kivi2::keyBytes(config.headDim));
        layout.values = aligned(groups * kivi2::valueBytes(config.headDim));
        layout.window = aligned(heads * std::min(capacity, kWindow) * config.headDim * elementBytes(type));
        return layout;
    }
    layout.keys = layout.values = aligned(heads * capacity * config.headDim * elementBytes(type));
    if (type == Type::int8)
        layout.scales = aligned(heads * capacity * static_cast<std::int64_t>(sizeof(float)));
    return layout;
}

std::int64_t KvCache::bytesFor(const ModelConfig& config, std::int64_t capacity, Type type) {
    return layoutOf(config, capacity, type).total() * config.nLayers;
}

Result<KvCache> KvCache::create(const ModelConfig& config, std::int64_t capacity, Type type) {
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(4 * bytesPerToken(config, Type::f32), capacity, &bytes))
        return Error{ErrorCode::invalidInput,
                     "context: " + std::to_string(capacity) + " positions are more than can be counted"};
    const auto layout = layoutOf(config, capacity, type);
    bytes = layout.total() * config.nLayers;
    if (const auto available = availableMemoryBytes(); available && bytes > *available)
        return Error{ErrorCode::outOfMemory,
                     "a context of " + std::to_string(capacity) + " tokens needs " +
                         std::to_string(bytes >> 20) + " MiB of KV cache, " +
                         std::to_string(*available >> 20) +
                         " MiB are free; choose a smaller context or a smaller scheme of the KV cache"};
    KvCache cache;
    cache.type_ = type;
    cache.layout_ = layout;
    cache.capacity_ = capacity;
    cache.rows_ = type == Type::kivi2 ? capacity / kWindow * kWindow : capacity;
    cache.windowRows_ = std::min(capacity, kWindow);
    cache.nKvHeads_ = config.nKvHeads;
    cache.headDim_ = config.headDim;
    cache.memory_ = AlignedBuffer(static_cast<std::size_t>(bytes), PageSize::small);
    if (cache.memory_.data() == nullptr)
        return Error{ErrorCode::outOfMemory,
                     "no memory for a KV cache of " + std::to_string(bytes >> 20) + " MiB"};
    return cache;
}

const std::byte* KvCache::partAt(std::int64_t layer, std::int64_t offset) const noexcept {
    return memory_.data() + layer * layout_.total() + offset;
}

std::byte* KvCache::partAt(std::int64_t layer, std::int64_t offset) noexcept {
    return memory_.data() + layer * layout_.total() + offset;
}

std::int64_t KvCache::room(std::int64_t position) const noexcept {
    return type_ == Type::kivi2 ? kWindow - position % kWindow : capacity_ - position;
}

void KvCache::open(std::int64_t position) noexcept {
    windowBegin_ = position / kWindow * kWindow;
}

std::int64_t KvCache::resumeAt(std::int64_t position) const noexcept {
    if (type_ != Type::kivi2)
        return position;
    const auto begin = position / kWindow * kWindow;
    return begin == windowBegin_ ? position : begin;
}

void KvCache::storeRows(std::byte* base, float* scales, std::int64_t position, const float* rows) noexcept {
    const bool windowed = type_ == Type::kivi2;
    const auto stride = windowed ? windowRows_ : rows_;
    const auto index = windowed ? position % kWindow : position;
    for (std::int64_t head = 0; head < nKvHeads_; ++head) {
        const auto row = head * stride + index;
        auto* to = base + row * headDim_ * elementBytes(type_);
        const float* from = rows + head * headDim_;
        if (type_ == Type::f32)
            std::memcpy(to, from, static_cast<std::size_t>(headDim_) * sizeof(float));
        else if (type_ == Type::int8)
            scales[row] = quantizeInt8(from, headDim_, reinterpret_cast<std::int8_t*>(to));
        else
            std::transform(from, from + headDim_, reinterpret_cast<std::uint16_t*>(to), toBf16);
    }
}

void KvCache::store(std::int64_t layer, std::int64_t position, const float* k, const float* v) noexcept {
    const auto& l = layout_;
    const auto scales = l.keys + l.values;
    const auto window = scales + 2 * l.scales;
    const bool windowed = type_ == Type::kivi2;
    storeRows(partAt(layer, windowed ? window : 0), reinterpret_cast<float*>(partAt(layer, scales)), position,
              k);
    storeRows(partAt(layer, windowed ? window + l.window : l.keys),
              reinterpret_cast<float*>(partAt(layer, scales + l.scales)), position, v);
}

void KvCache::settle(std::int64_t layer, std::int64_t end, int member, int members) noexcept {
    if (type_ != Type::kivi2 || end % kWindow != 0)
        return;
    constexpr auto kGroups = kWindow / kivi2::kGroup;
    const auto window = layout_.keys + layout_.values;
    const auto* k = reinterpret_cast<const std::uint16_t*>(partAt(layer, window));
    const auto* v = reinterpret_cast<const std::uint16_t*>(partAt(layer, window + layout_.window));
    for (std::int64_t unit = member; unit < nKvHeads_ * kGroups; unit += members) {
        const auto head = unit / kGroups;
        const auto group = unit % kGroups;
        const auto from = (head * windowRows_ + group * kivi2::kGroup) * headDim_;
        const auto to = (head * rows_ + end - kWindow) / kivi2::kGroup + group;
        quantizeKiviKeys(k + from, headDim_, partAt(layer, to * kivi2::keyBytes(headDim_)));
        quantizeKiviValues(v + from, headDim_,
                           partAt(layer, layout_.keys + to * kivi2::valueBytes(headDim_)));
    }
}

void KvCache::describe(std::int64_t layer, std::int64_t position0,
                       kernels::attention::Problem& problem) const noexcept {
    const auto& l = layout_;
    const auto scales = l.keys + l.values;
    const auto* keyScales = reinterpret_cast<const float*>(partAt(layer, scales));
    const auto* valueScales = reinterpret_cast<const float*>(partAt(layer, scales + l.scales));
    const kernels::attention::Segment whole{type_,     partAt(layer, 0), partAt(layer, l.keys),
                                            keyScales, valueScales,      rows_};
    if (type_ != Type::kivi2) {
        problem.recent = whole;
        problem.recentBegin = 0;
        return;
    }
    const auto window = scales + 2 * l.scales;
    problem.past = whole;
    problem.recent = {Type::bf16, partAt(layer, window), partAt(layer, window + l.window), nullptr, nullptr,
                      windowRows_};
    problem.recentBegin = position0 / kWindow * kWindow;
}

const std::vector<KvScheme>& kvSchemes() {
    static const std::vector<KvScheme> kSchemes{{"bf16", KvCache::Type::bf16},
                                                {"f32", KvCache::Type::f32},
                                                {"int8", KvCache::Type::int8},
                                                {"kivi2", KvCache::Type::kivi2}};
    return kSchemes;
}

Result<KvCache::Type> kvSchemeNamed(std::string_view name) {
    std::string names;
    for (const auto& scheme : kvSchemes()) {
        if (scheme.name == name)
            return scheme.type;
        names += (names.empty() ? "" : ", ") + std::string(scheme.name);
    }
    return Error{ErrorCode::invalidInput,
                 "kv: there is no KV cache scheme '" + std::string(name) + "'; there are " + names};
}

}  // namespace engine
