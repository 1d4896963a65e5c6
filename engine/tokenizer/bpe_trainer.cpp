#include "engine/tokenizer/bpe_trainer.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "engine/tokenizer/base64.h"
#include "engine/tokenizer/pre_splitter.h"

namespace engine {
namespace {

/// A cut of the text, as the ids of its pieces so far, and how often it occurs.
struct Word {
    std::vector<std::int32_t> ids;
    std::int64_t count = 0;
};

using Pair = std::pair<std::int32_t, std::int32_t>;

Result<std::vector<Word>> wordsOf(const std::vector<std::string_view>& texts) {
    auto splitter = PreSplitter::create(PreSplitter::Pattern::llama3);
    if (!splitter)
        return splitter.error();
    std::map<std::string, std::int64_t, std::less<>> counts;
    for (const auto text : texts)
        (*splitter)->split(text, [&](std::string_view piece) {
            if (const auto at = counts.find(piece); at != counts.end())
                ++at->second;
            else
                counts.emplace(piece, 1);
        });
    std::vector<Word> words;
    for (const auto& [text, count] : counts) {
        if (text.find_first_of("0123456789") != std::string::npos)
            continue;
        Word word{{}, count};
        for (const char byte : text)
            word.ids.push_back(static_cast<unsigned char>(byte));
        words.push_back(std::move(word));
    }
    return words;
}

void countPairs(const Word& word, std::int64_t sign, std::map<Pair, std::int64_t>& counts) {
    for (std::size_t i = 0; i + 1 < word.ids.size(); ++i)
        counts[{word.ids[i], word.ids[i + 1]}] += sign * word.count;
}

bool holds(const Word& word, const Pair& pair) {
    for (std::size_t i = 0; i + 1 < word.ids.size(); ++i)
        if (word.ids[i] == pair.first && word.ids[i + 1] == pair.second)
            return true;
    return false;
}

void join(Word& word, const Pair& pair, std::int32_t joined) {
    std::vector<std::int32_t> ids;
    for (std::size_t i = 0; i < word.ids.size(); ++i) {
        const bool match =
            i + 1 < word.ids.size() && word.ids[i] == pair.first && word.ids[i + 1] == pair.second;
        ids.push_back(match ? joined : word.ids[i]);
        i += match ? 1 : 0;
    }
    word.ids = std::move(ids);
}

}  // namespace

Result<std::vector<std::string>> trainBpe(const std::vector<std::string_view>& texts, std::int64_t pieces) {
    auto words = wordsOf(texts);
    if (!words)
        return words.error();
    std::vector<std::string> vocabulary;
    for (int byte = 0; byte < 256; ++byte)
        vocabulary.emplace_back(1, static_cast<char>(byte));
    std::map<Pair, std::int64_t> counts;
    for (const auto& word : *words)
        countPairs(word, 1, counts);
    while (static_cast<std::int64_t>(vocabulary.size()) < pieces) {
        const auto best = std::max_element(counts.begin(), counts.end(), [&](const auto& a, const auto& b) {
            return a.second != b.second ? a.second < b.second : a.first > b.first;
        });
        if (best == counts.end() || best->second < 2)
            break;
        const Pair pair = best->first;
        const auto joined = static_cast<std::int32_t>(vocabulary.size());
        vocabulary.push_back(vocabulary[static_cast<std::size_t>(pair.first)] +
                             vocabulary[static_cast<std::size_t>(pair.second)]);
        for (auto& word : *words)
            if (holds(word, pair)) {
                countPairs(word, -1, counts);
                join(word, pair, joined);
                countPairs(word, 1, counts);
            }
        std::erase_if(counts, [](const auto& entry) { return entry.second <= 0; });
    }
    return vocabulary;
}

std::string tiktokenText(const std::vector<std::string>& pieces) {
    std::string text;
    for (std::size_t rank = 0; rank < pieces.size(); ++rank)
        text += encodeBase64(pieces[rank]) + " " + std::to_string(rank) + "\n";
    return text;
}

}  // namespace engine
