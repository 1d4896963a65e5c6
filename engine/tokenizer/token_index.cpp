#include "engine/tokenizer/token_index.h"

#include <bit>
#include <functional>

namespace engine {
namespace {

constexpr std::int32_t kFree = -1;

}  // namespace

TokenIndex::TokenIndex(const std::vector<std::string>& tokens)
    : tokens_(tokens), slots_(std::bit_ceil(2 * tokens.size() + 2), kFree) {}

std::size_t TokenIndex::slotOf(std::string_view bytes) const {
    const auto mask = slots_.size() - 1;
    auto slot = std::hash<std::string_view>{}(bytes)&mask;
    while (slots_[slot] != kFree && tokens_[static_cast<std::size_t>(slots_[slot])] != bytes)
        slot = (slot + 1) & mask;
    return slot;
}

void TokenIndex::add(std::int32_t id) {
    auto& slot = slots_[slotOf(tokens_[static_cast<std::size_t>(id)])];
    if (slot == kFree)
        slot = id;
}

std::optional<std::int32_t> TokenIndex::find(std::string_view bytes) const {
    const auto id = slots_[slotOf(bytes)];
    return id == kFree ? std::nullopt : std::optional(id);
}

}  // namespace engine
