#include "engine/tokenizer/pre_splitter.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>
#include <string>

namespace engine {
namespace {

// Published split patterns of Llama 3 and Qwen2.5.
constexpr const char* kLlama3 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| "
    "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
    "\\s+(?!\\S)|\\s+";
constexpr const char* kQwen2 =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| "
    "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|"
    "\\s+(?!\\S)|\\s+";

/// Longer runs without a change between space and non-space are cut first, as the family's tokenizer does: no
/// word is that long, and matching stays linear.
constexpr std::size_t kLongestRun = 25'000;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

bool continuesCharacter(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

const char* PreSplitter::expression(Pattern pattern) {
    return pattern == Pattern::llama3 ? kLlama3 : kQwen2;
}

Result<std::unique_ptr<PreSplitter>> PreSplitter::create(Pattern pattern) {
    int code = 0;
    PCRE2_SIZE where = 0;
    const char* text = expression(pattern);
    auto* compiled = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text), PCRE2_ZERO_TERMINATED,
                                   PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &code, &where, nullptr);
    if (compiled == nullptr)
        return Error{ErrorCode::internal,
                     "tokenizer: this PCRE2 does not compile the split pattern (it needs Unicode support)"};
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);  // only speed: matching works without it
    return std::unique_ptr<PreSplitter>(new PreSplitter(compiled));
}

PreSplitter::~PreSplitter() {
    pcre2_code_free(static_cast<pcre2_code*>(code_));
}

void PreSplitter::split(std::string_view text, const std::function<void(std::string_view)>& piece) const {
    std::size_t begin = 0;
    std::size_t run = 0;  // characters since space and non-space last changed
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i > 0 && isSpace(text[i]) != isSpace(text[i - 1]))
            run = 0;
        if (continuesCharacter(text[i]))
            continue;
        if (++run > kLongestRun) {
            splitRun(text.substr(begin, i - begin), piece);
            begin = i;
            run = 1;
        }
    }
    splitRun(text.substr(begin), piece);
}

void PreSplitter::splitRun(std::string_view text, const std::function<void(std::string_view)>& piece) const {
    const auto* code = static_cast<const pcre2_code*>(code_);
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match(
        pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
    std::size_t at = 0;
    while (at < text.size()) {
        const int found = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), at, 0,
                                      match.get(), nullptr);
        const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match.get());
        if (found < 0 || range[1] <= range[0]) {
            piece(text.substr(at));  // bytes that no alternative takes (invalid UTF-8)
            return;
        }
        if (range[0] > at)
            piece(text.substr(at, range[0] - at));
        piece(text.substr(range[0], range[1] - range[0]));
        at = range[1];
    }
}

}  // namespace engine
