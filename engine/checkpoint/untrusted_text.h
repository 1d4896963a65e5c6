#pragma once

#include <string>
#include <string_view>

namespace engine {

/// Whether a name from a file is short text that can be shown and stored: 1 to 1024 bytes of UTF-8 without
/// control characters.
bool isPlainName(std::string_view name);

/// Whether all bytes are valid UTF-8.
bool isUtf8(std::string_view text);

/// What a JSON text from a file may be before it is parsed: the parser's own structures would grow with
/// either number.
struct JsonLimits {
    int depth = 64;                  ///< nested arrays and objects
    std::size_t values = 4'000'000;  ///< commas outside of texts, plus one
};
bool withinLimits(std::string_view json, const JsonLimits& limits);

}  // namespace engine
