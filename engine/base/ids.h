#pragma once

#include <cstdint>

namespace engine {

/// A token of a vocabulary. Convert with raw() and TokenId{n}; arithmetic on ids is a mistake.
enum class TokenId : std::int32_t {};

constexpr std::int32_t raw(TokenId id) noexcept {
    return static_cast<std::int32_t>(id);
}

}  // namespace engine
