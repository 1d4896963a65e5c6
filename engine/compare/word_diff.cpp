#include "engine/compare/word_diff.h"

#include <cstdint>
#include <unordered_map>

#include "engine/compare/myers.h"

namespace engine {
namespace {

bool isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/// Bytes of the character at `at` that stands alone as a word (CJK), else 0.
std::size_t ideographAt(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i]))
                                    : 0U;
    };
    const std::uint32_t first = byte(0);
    if ((first & 0xf0U) == 0xe0U && at + 2 < text.size()) {
        const std::uint32_t code = (first & 0xfU) << 12 | (byte(1) & 0x3fU) << 6 | (byte(2) & 0x3fU);
        const bool alone = (code >= 0x2e80 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af) ||
                           (code >= 0xf900 && code <= 0xfaff);
        return alone ? 3 : 0;
    }
    if ((first & 0xf8U) == 0xf0U && at + 3 < text.size()) {
        const std::uint32_t code = (first & 7U) << 18 | (byte(1) & 0x3fU) << 12;
        return code >= 0x20000 && code < 0x40000 ? 4 : 0;
    }
    return 0;
}

struct Word {
    std::string_view space;  ///< before it
    std::string_view text;
};

/// Every word; white space at the very end is left out.
std::vector<Word> wordsOf(std::string_view text) {
    std::vector<Word> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        while (at < text.size() && isSpace(text[at]))
            ++at;
        if (at == text.size())
            break;
        const std::size_t word = at;
        if (const auto bytes = ideographAt(text, at); bytes > 0)
            at += bytes;
        else
            do
                ++at;
            while (at < text.size() && !isSpace(text[at]) && ideographAt(text, at) == 0);
        words.push_back({text.substr(begin, word - begin), text.substr(word, at - word)});
    }
    return words;
}

void append(std::vector<DiffPart>& parts, DiffKind kind, const Word& word) {
    if (parts.empty() || parts.back().kind != kind)
        parts.push_back({kind, {}});
    parts.back().text.append(word.space).append(word.text);
}

}  // namespace

std::vector<DiffPart> wordDiff(std::string_view reference, std::string_view text) {
    const auto before = wordsOf(reference);
    const auto after = wordsOf(text);
    std::unordered_map<std::string_view, int> numbers;
    const auto numbered = [&](const std::vector<Word>& words) {
        std::vector<int> ids;
        for (const auto& word : words)
            ids.push_back(numbers.try_emplace(word.text, static_cast<int>(numbers.size())).first->second);
        return ids;
    };
    const auto a = numbered(before);
    const auto b = numbered(after);
    const auto common = commonElements(a, b);
    std::vector<DiffPart> parts;
    for (std::size_t i = 0, j = 0; i < before.size() || j < after.size();) {
        if (i < before.size() && !common.ofA[i])
            append(parts, DiffKind::removed, before[i++]);
        else if (j < after.size() && !common.ofB[j])
            append(parts, DiffKind::added, after[j++]);
        else {
            append(parts, DiffKind::same, after[j++]);
            ++i;
        }
    }
    // White space at the end belongs to the last part of `text`.
    std::size_t end = text.size();
    while (end > 0 && isSpace(text[end - 1]))
        --end;
    if (end < text.size()) {
        if (parts.empty() || parts.back().kind == DiffKind::removed)
            parts.push_back({DiffKind::added, {}});
        parts.back().text.append(text.substr(end));
    }
    return parts;
}

DiffCounts countWords(const std::vector<DiffPart>& parts) {
    DiffCounts counts;
    for (const auto& part : parts)
        if (part.kind != DiffKind::same)
            (part.kind == DiffKind::added ? counts.added : counts.removed) +=
                static_cast<int>(wordsOf(part.text).size());
    return counts;
}

}  // namespace engine
