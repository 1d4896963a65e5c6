#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace engine {

enum class DiffKind { same, added, removed };

/// Neighbouring words with one fate; `text` has the white space before each word.
struct DiffPart {
    DiffKind kind = DiffKind::same;
    std::string text;
    bool operator==(const DiffPart&) const = default;
};

/// The shortest way from `reference` to `text` in words, UTF-8. A word is a run without white space; every
/// ideograph, kana and Hangul syllable is one of its own. Differences of white space alone are no
/// differences. The texts of same and added parts in order are `text`, byte for byte; same and removed parts
/// hold the words of `reference`. Myers 1986, "An O(ND) Difference Algorithm", in linear space: time grows
/// with words times differences.
std::vector<DiffPart> wordDiff(std::string_view reference, std::string_view text);

/// How many words were added and removed.
struct DiffCounts {
    int added = 0;
    int removed = 0;
};
DiffCounts countWords(const std::vector<DiffPart>& parts);

}  // namespace engine
