#include "engine/runtime/full_attention.h"

#include <algorithm>

namespace engine {

namespace attention = kernels::attention;

std::int64_t fullAttentionFloats(std::int64_t group, std::int64_t headDim,
                                 std::span<const SeenPositions> seen) {
    std::int64_t parts = 0;
    for (const auto& positions : seen)
        parts += (positions.count + kFullAttentionPart - 1) / kFullAttentionPart;
    return parts * attention::partialFloats(group * attention::partialTokens(group), headDim);
}

void attendToAll(const attention::Fn& kernel, const attention::Problem& problem,
                 std::span<const SeenPositions> seen, std::int64_t kvHead, std::int64_t tokenBegin,
                 std::int64_t tokenEnd, float* partials, void* scratch) noexcept {
    auto part = problem;
    part.tokens = tokenEnd - tokenBegin;
    part.q = problem.q + tokenBegin * problem.ldq;
    part.out = problem.out + tokenBegin * problem.ldo;
    part.recentBegin = 0;
    const auto stride =
        attention::partialFloats(part.tokens * (problem.nHeads / problem.nKvHeads), problem.headDim);
    std::int64_t parts = 0;
    for (const auto& positions : seen) {
        part.recent = positions.segment;
        part.position0 = positions.count - 1;  // so that the first token sees them all, too
        for (std::int64_t begin = 0; begin < positions.count; begin += kFullAttentionPart)
            kernel.partial(part, kvHead, begin, std::min(positions.count, begin + kFullAttentionPart),
                           partials + parts++ * stride, scratch);
    }
    kernel.merge(part, kvHead, partials, parts, stride);
}

}  // namespace engine
