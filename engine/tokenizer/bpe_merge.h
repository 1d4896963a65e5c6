#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace engine {

/// Byte-pair merging: repeatedly joins the adjacent pair with the lowest rank (leftmost on a tie) until none
/// has one. `starts` are the byte offsets of the initial symbols. `rank(left, right)` is the rank of joining
/// two neighbouring pieces of the text. Returns the offsets of the final symbols. O(n log n).
std::vector<std::size_t> mergePairs(
    std::string_view text, const std::vector<std::size_t>& starts,
    const std::function<std::optional<double>(std::string_view, std::string_view)>& rank);

}  // namespace engine
