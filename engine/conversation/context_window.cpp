#include "engine/conversation/context_window.h"

#include <algorithm>
#include <numeric>

namespace engine {

std::size_t turnsToDrop(std::span<const std::int64_t> turns, std::int64_t fixed, std::int64_t reserve,
                        std::int64_t context) {
    auto needed = std::accumulate(turns.begin(), turns.end(), fixed + reserve);
    std::size_t dropped = 0;
    while (dropped + 1 < turns.size() && needed > context)
        needed -= turns[dropped++];
    return dropped;
}

std::int64_t largerContext(std::int64_t context, std::int64_t modelContext) {
    const auto doubled = 2 * context;
    const auto offered = modelContext > 0 ? std::min(doubled, modelContext) : doubled;
    return context > 0 && offered > context ? offered : 0;
}

}  // namespace engine
