#pragma once

#include <cstdint>
#include <span>

#include "kernels/attention/attention.h"

namespace engine {

/// Keys and values of positions that every query sees.
struct SeenPositions {
    kernels::attention::Segment segment;
    std::int64_t count = 0;
};

/// Attention without causality: queries to all positions of one or more segments, for one kv head and up to
/// kernels::attention::partialTokens() tokens at a time. The bits of a token's output do not depend on the
/// tokens that it comes with. Each thread needs its own `partials`, [fullAttentionFloats()], and scratch as
/// the kernel asks for with kFullAttentionPart positions.
/// `problem` says where queries and outputs lie, which may be the same memory; its segments and positions are
/// not read.
void attendToAll(const kernels::attention::Fn& kernel, const kernels::attention::Problem& problem,
                 std::span<const SeenPositions> seen, std::int64_t kvHead, std::int64_t tokenBegin,
                 std::int64_t tokenEnd, float* partials, void* scratch) noexcept;

/// Positions that one pass takes.
inline constexpr std::int64_t kFullAttentionPart = 4 * kernels::attention::kBlock;

/// Floats of partial results for so many heads per kv head and these positions.
std::int64_t fullAttentionFloats(std::int64_t group, std::int64_t headDim,
                                 std::span<const SeenPositions> seen);

}  // namespace engine
