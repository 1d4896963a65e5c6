#pragma once

#include <cstdint>
#include <span>

namespace engine {

/// How many of the oldest turns are left out so that the rest, `fixed` tokens (system prompt) and `reserve`
/// tokens for the answer fit into `context`. `turns`: tokens of each, oldest first; the last is never left
/// out, even when nothing fits.
std::size_t turnsToDrop(std::span<const std::int64_t> turns, std::int64_t fixed, std::int64_t reserve,
                        std::int64_t context);

/// A larger context to offer: twice as much, at most what the model was made for (0: not known); 0 when there
/// is none.
std::int64_t largerContext(std::int64_t context, std::int64_t modelContext);

}  // namespace engine
