#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace engine {

enum class CodeKind { keyword, string, number, comment };

/// A part of a code text that has a colour of its own; bytes.
struct CodeToken {
    std::size_t offset = 0;
    std::size_t length = 0;
    CodeKind kind = CodeKind::keyword;
    bool operator==(const CodeToken&) const = default;
};

/// Keywords, texts, numbers and comments of `code`, in order and without overlap; nothing for a language that
/// is not known. What has no end reaches to the end of its line or, where it may span lines, of the code.
std::vector<CodeToken> codeTokens(std::string_view code, std::string_view language);

}  // namespace engine
