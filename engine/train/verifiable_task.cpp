#include "engine/train/verifiable_task.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

namespace engine::train {
namespace {

constexpr std::string_view kNames[] = {"exact", "words", "number"};

std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

bool isWordPart(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Where the whole words of `key` stand in `text`, both in small letters.
bool holds(std::string_view text, std::string_view key) {
    for (auto at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        const auto end = at + key.size();
        if ((at == 0 || !isWordPart(text[at - 1])) && (end == text.size() || !isWordPart(text[end])))
            return true;
    }
    return false;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

/// The last number of a text: digits, perhaps with a point inside and a minus right before them. Commas
/// between thousands are read over.
std::optional<double> lastNumber(std::string_view text) {
    std::string plain;
    const auto digit = [&](std::size_t i) {
        return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    };
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != ',' || i == 0 || !digit(i - 1) || !(digit(i + 1) && digit(i + 2) && digit(i + 3)))
            plain += text[i];
    std::optional<double> last;
    for (const char *at = plain.data(), *end = at + plain.size(); at < end; ++at) {
        if (std::isdigit(static_cast<unsigned char>(*at)) == 0)
            continue;
        const bool minus =
            at > plain.data() && at[-1] == '-' && (at - 1 == plain.data() || !isWordPart(at[-2]));
        double value = 0.0;
        const auto [stop, failure] = std::from_chars(at, end, value, std::chars_format::fixed);
        if (failure == std::errc())
            last = minus ? -value : value;
        at = stop - 1;
    }
    return last;
}

}  // namespace

std::string_view name(AnswerCheck check) {
    return kNames[static_cast<std::size_t>(check)];
}

Result<AnswerCheck> answerCheckNamed(std::string_view word) {
    const auto* at = std::find(std::begin(kNames), std::end(kNames), word);
    if (at == std::end(kNames))
        return Error{ErrorCode::invalidInput,
                     "there is no check \"" + std::string(word) + "\"; there are exact, words and number"};
    return static_cast<AnswerCheck>(at - std::begin(kNames));
}

bool holdsWords(std::string_view answer, const std::vector<std::string>& texts) {
    const auto text = lowered(answer);
    return std::all_of(texts.begin(), texts.end(),
                       [&](const auto& key) { return holds(text, lowered(key)); });
}

double rewardOf(std::string_view answer, const ExpectedAnswer& expected) {
    if (expected.texts.empty())
        return 0.0;
    bool right = false;
    switch (expected.check) {
        case AnswerCheck::exact:
            right = trimmed(answer) == trimmed(expected.texts.front());
            break;
        case AnswerCheck::words:
            right = holdsWords(answer, expected.texts);
            break;
        case AnswerCheck::number: {
            const auto said = lastNumber(answer);
            const auto wanted = lastNumber(expected.texts.front());
            right = said && wanted && std::abs(*said - *wanted) <= 1e-9 * std::max(1.0, std::abs(*wanted));
            break;
        }
    }
    return right ? 1.0 : 0.0;
}

}  // namespace engine::train
