#include "engine/tokenizer/base64.h"

#include <cstdint>

namespace engine {
namespace {

int valueOf(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

std::optional<std::string> decodeBase64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0)
        return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && text[text.size() - 1 - padding] == '=')
        ++padding;
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 4) {
        std::uint32_t quad = 0;
        for (std::size_t j = 0; j < 4; ++j) {
            const bool pad = i + j >= text.size() - padding;
            const int value = pad ? 0 : valueOf(text[i + j]);
            if (value < 0)
                return std::nullopt;
            quad = (quad << 6) | static_cast<std::uint32_t>(value);
        }
        const std::size_t count = i + 4 == text.size() ? 3 - padding : 3;
        for (std::size_t j = 0; j < count; ++j)
            bytes += static_cast<char>((quad >> (16 - 8 * j)) & 0xff);
    }
    return bytes;
}

std::string encodeBase64(std::string_view bytes) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
        std::uint32_t three = 0;
        for (std::size_t j = 0; j < 3; ++j)
            three = (three << 8) | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            text += j <= count ? kAlphabet[(three >> (18 - 6 * j)) & 63U] : '=';
    }
    return text;
}

}  // namespace engine
