#include "engine/generate/lookup_drafter.h"

#include <algorithm>

namespace engine {
namespace {

/// How many tokens before `end` equal the last ones of the text, counted up to `most`.
std::size_t matchBefore(std::span<const TokenId> text, std::size_t end, std::size_t most) {
    std::size_t length = 0;
    while (length < std::min(most, end) && text[end - 1 - length] == text[text.size() - 1 - length])
        ++length;
    return length;
}

/// The position after the best match; 0 where there is none.
std::size_t positionAfterMatch(std::span<const TokenId> text) {
    std::size_t best = 0;
    std::size_t longest = LookupDrafter::kShortestMatch - 1;
    for (std::size_t end = text.size() - 1; end > longest; --end) {
        const auto length = matchBefore(text, end, LookupDrafter::kLongestMatch);
        if (length > longest) {
            longest = length;
            best = end;
        }
        if (longest == LookupDrafter::kLongestMatch)
            break;
    }
    return best;
}

}  // namespace

Result<Draft> LookupDrafter::draft(std::span<const TokenId> text, std::int64_t most, std::stop_token) {
    tokens_.clear();
    const std::size_t from = text.empty() ? 0 : positionAfterMatch(text);
    // A text that repeats itself is read on into what was guessed.
    if (from > 0)
        for (std::size_t i = 0; i < static_cast<std::size_t>(most); ++i)
            tokens_.push_back(from + i < text.size() ? text[from + i] : tokens_[from + i - text.size()]);
    return Draft{tokens_, {}};
}

}  // namespace engine
