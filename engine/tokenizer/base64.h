#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine {

/// Decodes padded base64 (RFC 4648); nothing for any other character, wrong padding or length.
std::optional<std::string> decodeBase64(std::string_view text);

/// Padded base64 of any bytes.
std::string encodeBase64(std::string_view bytes);

}  // namespace engine
