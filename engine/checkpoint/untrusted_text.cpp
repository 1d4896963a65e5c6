#include "engine/checkpoint/untrusted_text.h"

#include "engine/tokenizer/utf8.h"

namespace engine {

bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const int length = utf8Length(text);
        if (length <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(length));
    }
    return true;
}

bool isPlainName(std::string_view name) {
    if (name.empty() || name.size() > 1024)
        return false;
    for (const char c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return false;
    return isUtf8(name);
}

bool withinLimits(std::string_view json, const JsonLimits& limits) {
    int depth = 0;
    std::size_t values = 1;
    bool inText = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inText) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inText = false;
        } else if (c == '"') {
            inText = true;
        } else if (c == '[' || c == '{') {
            if (++depth > limits.depth)
                return false;
        } else if (c == ']' || c == '}') {
            --depth;
        } else if (c == ',' && ++values > limits.values) {
            return false;
        }
    }
    return true;
}

}  // namespace engine
