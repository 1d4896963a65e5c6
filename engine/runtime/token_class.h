#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace engine {

/// How many tokens a matmul computes at once, as coarsely as kernel tables distinguish it: decoding, verified
/// guesses and short prompts, prompts, long prompts.
enum class TokenClass : std::uint8_t { one, few, some, many };

inline constexpr std::array kTokenClassNames{std::string_view("1"), std::string_view("2-15"),
                                             std::string_view("16-63"), std::string_view("64+")};
inline constexpr std::size_t kTokenClasses = kTokenClassNames.size();

constexpr TokenClass tokenClassOf(std::int64_t tokens) {
    return tokens < 2    ? TokenClass::one
           : tokens < 16 ? TokenClass::few
           : tokens < 64 ? TokenClass::some
                         : TokenClass::many;
}
constexpr std::string_view name(TokenClass tokens) {
    return kTokenClassNames[static_cast<std::size_t>(tokens)];
}

}  // namespace engine
