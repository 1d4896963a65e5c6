#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace engine {

/// Bytes of the UTF-8 character at the beginning of `text`: 1 to 4, 0 when the bytes can never become one,
/// and -1 when they are a correct beginning that is cut off.
int utf8Length(std::string_view text);

/// UTF-8 of a code point.
std::string toUtf8(std::uint32_t codePoint);

/// The code point at the beginning of `text`, whose utf8Length is positive.
std::uint32_t codePointAt(std::string_view text);

}  // namespace engine
