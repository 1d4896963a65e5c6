#include "engine/markdown/code_lexer.h"

#include <algorithm>
#include <string>

#include "engine/markdown/languages.h"

namespace engine {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// Letters, digits and every byte of a character beyond ASCII.
bool isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

class CodeLexer {
public:
    CodeLexer(std::string_view code, const Language& language) : code_(code), language_(language) {}

    std::vector<CodeToken> read() {
        while (at_ < code_.size())
            readOne();
        return std::move(tokens_);
    }

private:
    void readOne() {
        const char c = code_[at_];
        if (begins(language_.lineComment) || begins(language_.otherLineComment))
            return add(lineEnd(), CodeKind::comment);
        if (begins(language_.blockOpen))
            return add(after(language_.blockClose, at_ + language_.blockOpen.size()), CodeKind::comment);
        if (language_.quotes.find(c) != std::string_view::npos)
            return add(stringEnd(), CodeKind::string);
        if (isDigit(c))
            return add(numberEnd(), CodeKind::number);
        if (!isWord(c)) {
            ++at_;
            return;
        }
        std::size_t end = at_;
        while (end < code_.size() && isWord(code_[end]))
            ++end;
        if (isKeyword(code_.substr(at_, end - at_)))
            add(end, CodeKind::keyword);
        else
            at_ = end;
    }

    bool begins(std::string_view mark) const {
        return !mark.empty() && code_.substr(at_, mark.size()) == mark;
    }
    std::size_t lineEnd() const { return std::min(code_.find('\n', at_), code_.size()); }
    std::size_t after(std::string_view mark, std::size_t from) const {
        const auto found = code_.find(mark, from);
        return found == std::string_view::npos ? code_.size() : found + mark.size();
    }

    std::size_t stringEnd() const {
        const char quote = code_[at_];
        const std::string triple(3, quote);
        if (language_.tripleQuotes && code_.substr(at_, 3) == triple)
            return after(triple, at_ + 3);
        const bool spansLines = language_.multilineBacktick && quote == '`';
        for (std::size_t i = at_ + 1; i < code_.size(); ++i) {
            if (language_.backslashEscapes && code_[i] == '\\')
                ++i;
            else if (code_[i] == quote)
                return i + 1;
            else if (code_[i] == '\n' && !spansLines)
                return i;
        }
        return code_.size();
    }

    std::size_t numberEnd() const {
        std::size_t end = at_;
        while (end < code_.size() && (isWord(code_[end]) || code_[end] == '.' ||
                                      ((code_[end] == '+' || code_[end] == '-') &&
                                       (code_[end - 1] == 'e' || code_[end - 1] == 'E') &&
                                       !code_.substr(at_, 2).starts_with("0x"))))
            ++end;
        while (end > at_ + 1 && code_[end - 1] == '.')
            --end;
        return end;
    }

    bool isKeyword(std::string_view word) const {
        std::string wanted = " ";
        for (const char c : word.substr(0, 32))
            wanted += language_.ignoresCase && c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        wanted += ' ';
        return word.size() <= 32 && language_.keywords.find(wanted) != std::string_view::npos;
    }

    void add(std::size_t end, CodeKind kind) {
        tokens_.push_back({at_, end - at_, kind});
        at_ = end;
    }

    std::string_view code_;
    const Language& language_;
    std::size_t at_ = 0;
    std::vector<CodeToken> tokens_;
};

}  // namespace

std::vector<CodeToken> codeTokens(std::string_view code, std::string_view language) {
    const auto* known = languageOf(language);
    return known == nullptr ? std::vector<CodeToken>() : CodeLexer(code, *known).read();
}

}  // namespace engine
