#include "engine/tokenizer/utf8.h"

#include <utility>

#include "engine/tokenizer/tokenizer.h"

namespace engine {
namespace {

constexpr const char* kReplacement = "\xef\xbf\xbd";  // U+FFFD

std::uint8_t byteAt(std::string_view text, std::size_t i) {
    return static_cast<std::uint8_t>(text[i]);
}

}  // namespace

int utf8Length(std::string_view text) {
    if (text.empty())
        return -1;
    const auto first = byteAt(text, 0);
    if (first < 0x80)
        return 1;
    const int length = first >= 0xc2 && first <= 0xdf   ? 2
                       : (first & 0xf0) == 0xe0         ? 3
                       : first >= 0xf0 && first <= 0xf4 ? 4
                                                        : 0;
    if (length == 0)
        return 0;
    for (int i = 1; i < length; ++i) {
        if (static_cast<std::size_t>(i) >= text.size())
            return -1;
        const auto byte = byteAt(text, static_cast<std::size_t>(i));
        // The second byte also excludes overlong forms, surrogates and values above U+10FFFF.
        const std::uint8_t low = i > 1 ? 0x80 : first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        const std::uint8_t high = i > 1 ? 0xbf : first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (byte < low || byte > high)
            return 0;
    }
    return length;
}

std::string toUtf8(std::uint32_t c) {
    std::string text;
    const auto push = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (c < 0x80) {
        push(c);
    } else if (c < 0x800) {
        push(0xc0 | (c >> 6));
        push(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        push(0xe0 | (c >> 12));
        push(0x80 | ((c >> 6) & 0x3f));
        push(0x80 | (c & 0x3f));
    } else {
        push(0xf0 | (c >> 18));
        push(0x80 | ((c >> 12) & 0x3f));
        push(0x80 | ((c >> 6) & 0x3f));
        push(0x80 | (c & 0x3f));
    }
    return text;
}

std::uint32_t codePointAt(std::string_view text) {
    const int length = utf8Length(text);
    if (length <= 1)
        return byteAt(text, 0);
    std::uint32_t c = byteAt(text, 0) & (0xffU >> (length + 1));
    for (int i = 1; i < length; ++i)
        c = (c << 6) | (byteAt(text, static_cast<std::size_t>(i)) & 0x3fU);
    return c;
}

std::string Utf8Stream::push(std::string_view bytes) {
    pending_ += bytes;
    std::string out;
    std::size_t at = 0;
    while (at < pending_.size()) {
        const int length = utf8Length(std::string_view(pending_).substr(at));
        if (length < 0)
            break;
        if (length == 0) {
            out += kReplacement;
            ++at;
        } else {
            out.append(pending_, at, static_cast<std::size_t>(length));
            at += static_cast<std::size_t>(length);
        }
    }
    pending_.erase(0, at);
    return out;
}

std::string Utf8Stream::finish() {
    return std::exchange(pending_, {}).empty() ? std::string{} : kReplacement;
}

}  // namespace engine
