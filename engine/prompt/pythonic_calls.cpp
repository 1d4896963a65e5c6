// Python's literal syntax as far as Meta's parser takes it (ast.parse and ast.literal_eval of keyword
// arguments).
#include "engine/prompt/pythonic_calls.h"

#include <charconv>
#include <cmath>

#include "engine/tokenizer/utf8.h"

namespace engine {
namespace {

using Json = nlohmann::ordered_json;

bool isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// Reads one list of calls. A failure is either "no call list" (the text is text) or an error in a value of
/// what is one for certain.
class PythonicReader {
public:
    explicit PythonicReader(std::string_view text) : text_(text) {}

    Result<std::optional<std::vector<ToolCall>>> read() {
        std::vector<ToolCall> calls;
        const bool whole = readList(calls);
        if (error_)
            return *error_;
        if (!whole)
            return std::optional<std::vector<ToolCall>>();
        return std::optional(std::move(calls));
    }

private:
    bool readList(std::vector<ToolCall>& calls) {
        if (!take('['))
            return false;
        while (!take(']')) {
            ToolCall call;
            if (!readCall(call))
                return false;
            calls.push_back(std::move(call));
            if (!take(',') && peek() != ']')
                return cutOff();
        }
        skipSpace();
        return at_ == text_.size() && !calls.empty();
    }

    bool readCall(ToolCall& call) {
        call.name = readName();
        if (call.name.empty() || !take('('))
            return false;
        while (!take(')')) {
            const std::string key = readName();
            if (key.empty() || !take('=') || peek() == '=')
                return false;
            isCall_ = true;
            call_ = call.name;
            if (call.arguments.contains(key))
                return fail("has the argument '" + key + "' twice");
            Json value;
            if (!readValue(value, 0))
                return false;
            call.arguments[key] = std::move(value);
            if (!take(',') && peek() != ')')
                return cutOff();
        }
        return true;
    }

    bool readValue(Json& value, int depth) {
        if (depth > kMostToolNesting)
            return fail("nests deeper than " + std::to_string(kMostToolNesting));
        const char c = peek();
        if (c == '\'' || c == '"')
            return readStrings(value);
        if (c == '[' || c == '(')
            return readSequence(value, depth);
        if (c == '{')
            return readDictionary(value, depth);
        if (isDigit(c) || c == '-' || c == '+' || c == '.')
            return readNumber(value);
        const std::string word = readName();
        if (word == "None" || word == "null")
            value = nullptr;
        else if (word == "True" || word == "true")
            value = true;
        else if (word == "False" || word == "false")
            value = false;
        else if (at_ >= text_.size())
            return cutOff();
        else
            return fail("has a value that is neither text, number, list nor dictionary" +
                        (word.empty() ? std::string() : ": '" + word.substr(0, 40) + "'"));
        return true;
    }

    bool readSequence(Json& value, int depth) {
        const char close = text_[at_++] == '[' ? ']' : ')';
        value = Json::array();
        while (!take(close)) {
            Json item;
            if (!readValue(item, depth + 1))
                return false;
            value.push_back(std::move(item));
            if (!take(',') && peek() != close)
                return cutOff();
        }
        return true;
    }

    bool readDictionary(Json& value, int depth) {
        ++at_;
        value = Json::object();
        while (!take('}')) {
            Json key;
            Json item;
            if (peek() != '\'' && peek() != '"')
                return at_ >= text_.size() ? cutOff() : fail("has a dictionary key that is no text");
            if (!readStrings(key))
                return false;
            if (!take(':'))
                return cutOff();
            if (!readValue(item, depth + 1))
                return false;
            value[key.get<std::string>()] = std::move(item);
            if (!take(',') && peek() != '}')
                return cutOff();
        }
        return true;
    }

    bool readNumber(Json& value) {
        std::string digits;
        bool real = false;
        if (peek() == '+' || peek() == '-')
            if (const char sign = text_[at_++]; sign == '-')
                digits = "-";
        const std::size_t start = digits.size();
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            const bool sign =
                (c == '-' || c == '+') && !digits.empty() && (digits.back() == 'e' || digits.back() == 'E');
            if (c == '_' && digits.size() > start)
                continue;
            if (!isDigit(c) && c != '.' && c != 'e' && c != 'E' && !sign)
                break;
            real = real || !isDigit(c);
            digits += c;
        }
        const char* begin = digits.data();
        const char* end = begin + digits.size();
        if (real) {
            double number = 0.0;
            const auto [last, code] = std::from_chars(begin, end, number);
            if (last != end || code != std::errc() || !std::isfinite(number))
                return fail("has a number that cannot be read: '" + digits.substr(0, 40) + "'");
            value = number;
            return true;
        }
        std::int64_t number = 0;
        const auto [last, code] = std::from_chars(begin, end, number);
        if (last != end || code != std::errc())
            return digits.size() == start && at_ >= text_.size()
                       ? cutOff()
                       : fail("has a number beyond 64 bits or none: '" + digits.substr(0, 40) + "'");
        value = number;
        return true;
    }

    /// Adjacent texts are one, as in Python.
    bool readStrings(Json& value) {
        std::string text;
        while (peek() == '\'' || peek() == '"')
            if (!readString(text))
                return false;
        value = std::move(text);
        return true;
    }

    bool readString(std::string& out) {
        const char quote = text_[at_];
        const std::string triple(3, quote);
        const bool isTriple = text_.substr(at_, 3) == triple;
        at_ += isTriple ? 3 : 1;
        while (at_ < text_.size()) {
            if (isTriple ? text_.substr(at_, 3) == triple : text_[at_] == quote) {
                at_ += isTriple ? 3 : 1;
                return true;
            }
            if (text_[at_] == '\\') {
                if (!readEscape(out))
                    return false;
            } else if (text_[at_] == '\n' && !isTriple) {
                return fail("has a line end inside a text");
            } else {
                out += text_[at_++];
            }
        }
        return cutOff();
    }

    bool readEscape(std::string& out) {
        if (at_ + 1 >= text_.size())
            return cutOff();
        const char c = text_[at_ + 1];
        at_ += 2;
        constexpr std::string_view kFrom = "nrtbfav0\\'\"";
        constexpr std::string_view kTo("\n\r\t\b\f\a\v\0\\'\"", 11);
        if (const auto known = kFrom.find(c); known != std::string_view::npos) {
            out += kTo[known];
        } else if (c == 'x' || c == 'u' || c == 'U') {
            return readCodePoint(c == 'x' ? 2 : c == 'u' ? 4 : 8, out);
        } else if (c != '\n') {  // an escaped line end joins lines; others stay as they are
            out += '\\';
            out += c;
        }
        return true;
    }

    bool readCodePoint(std::size_t digits, std::string& out) {
        std::uint32_t code = 0;
        if (text_.size() - at_ < digits)
            return cutOff();
        const char* end = text_.data() + at_ + digits;
        const auto [last, problem] = std::from_chars(text_.data() + at_, end, code, 16);
        if (last != end || problem != std::errc() || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            return fail("has an escape in a text that is no character");
        at_ += digits;
        out += toUtf8(code);
        return true;
    }

    std::string readName() {
        skipSpace();
        const std::size_t start = at_;
        if (at_ < text_.size() && isNameStart(text_[at_]))
            while (at_ < text_.size() && (isNameStart(text_[at_]) || isDigit(text_[at_])))
                ++at_;
        return std::string(text_.substr(start, at_ - start));
    }

    void skipSpace() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
            ++at_;
    }
    char peek() {
        skipSpace();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char c) {
        if (peek() != c || at_ >= text_.size())
            return false;
        ++at_;
        return true;
    }
    bool fail(const std::string& what) {
        if (!error_)
            error_ = Error{ErrorCode::invalidInput,
                           "the call of " + call_.substr(0, 64) + " " + what + "; ask the model again"};
        return false;
    }
    /// Text that ends or goes on with something else inside a call.
    bool cutOff() {
        if (!isCall_)
            return false;
        return fail(at_ >= text_.size() ? "is cut off; let the answer be longer"
                                        : "is followed by something that is no argument");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool isCall_ = false;  // a name, a parenthesis and a keyword were read: no prose looks like this
    std::string call_;
    std::optional<Error> error_;
};

}  // namespace

Result<std::optional<std::vector<ToolCall>>> pythonicCalls(std::string_view text) {
    return PythonicReader(text).read();
}

}  // namespace engine
