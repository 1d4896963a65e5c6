#include "engine/tokenizer/bpe_merge.h"

#include <queue>

namespace engine {
namespace {

/// A symbol of the text in a linked list; length 0 = joined into its left neighbour.
struct Symbol {
    std::size_t begin;
    std::size_t length;
    std::int64_t previous;
    std::int64_t next;
};

struct Candidate {
    double rank;
    std::int64_t left;
    std::int64_t right;
    std::size_t length;  // of both together when it was found; a later join makes the candidate stale

    bool operator<(const Candidate& other) const {  // priority_queue keeps the largest on top
        return rank != other.rank ? rank > other.rank : left > other.left;
    }
};

}  // namespace

std::vector<std::size_t> mergePairs(
    std::string_view text, const std::vector<std::size_t>& starts,
    const std::function<std::optional<double>(std::string_view, std::string_view)>& rank) {
    const auto count = static_cast<std::int64_t>(starts.size());
    std::vector<Symbol> symbols;
    symbols.reserve(starts.size());
    for (std::int64_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const std::size_t end = i + 1 < count ? starts[at + 1] : text.size();
        symbols.push_back({starts[at], end - starts[at], i - 1, i + 1 < count ? i + 1 : -1});
    }
    std::priority_queue<Candidate> queue;
    const auto symbol = [&](std::int64_t i) -> Symbol& { return symbols[static_cast<std::size_t>(i)]; };
    const auto consider = [&](std::int64_t left, std::int64_t right) {
        if (left < 0 || right < 0)
            return;
        const auto& a = symbol(left);
        const auto& b = symbol(right);
        if (const auto found = rank(text.substr(a.begin, a.length), text.substr(b.begin, b.length)))
            queue.push({*found, left, right, a.length + b.length});
    };
    for (std::int64_t i = 0; i + 1 < count; ++i)
        consider(i, i + 1);
    while (!queue.empty()) {
        const Candidate best = queue.top();
        queue.pop();
        auto& left = symbol(best.left);
        auto& right = symbol(best.right);
        if (left.length == 0 || right.length == 0 || left.next != best.right ||
            left.length + right.length != best.length)
            continue;
        left.length += right.length;
        right.length = 0;
        left.next = right.next;
        if (right.next >= 0)
            symbol(right.next).previous = best.left;
        consider(left.previous, best.left);
        consider(best.left, left.next);
    }
    std::vector<std::size_t> result;
    for (const auto& s : symbols)
        if (s.length > 0)
            result.push_back(s.begin);
    return result;
}

}  // namespace engine
