#include <algorithm>
#include <cmath>

#include "engine/runtime/forward.h"

namespace engine {

namespace attention = kernels::attention;

void Forward::reservePartials(std::int64_t tokens) {
    const auto& c = model_.config();
    const auto group = c.nHeads / c.nKvHeads;
    const auto several = attention::partialTokens(group);
    const auto batches = (tokens + several - 1) / several;
    const auto parts = (cache_.capacity() + kPartPositions - 1) / kPartPositions;
    const auto floats = attention::partialFloats(group * std::min(tokens, several), c.headDim);
    partials_ = AlignedBuffer(static_cast<std::size_t>(c.nKvHeads * batches * parts * floats) * sizeof(float),
                              PageSize::small);
    arrived_ = std::vector<std::atomic<std::int64_t>>(static_cast<std::size_t>(c.nKvHeads * batches));
}

void Forward::attend(std::int64_t layer, const TeamMember& member) {
    const auto& c = model_.config();
    attention::Problem problem;
    problem.q = q_;
    problem.ldq = c.nHeads * c.headDim;
    cache_.describe(layer, position0_, problem);
    problem.nHeads = c.nHeads;
    problem.nKvHeads = c.nKvHeads;
    problem.headDim = c.headDim;
    problem.tokens = tokens_;
    problem.position0 = position0_;
    problem.scale = 1.0F / std::sqrt(static_cast<float>(c.headDim));
    problem.out = context_;
    problem.ldo = problem.ldq;
    if (tokens_ <= kFewTokens)
        return attendInParts(problem, member);

    // Token blocks of one kv head cost more the later they are: dealing units out in turn evens that.
    constexpr std::int64_t kTokenBlock = 32;
    const auto blocks = (tokens_ + kTokenBlock - 1) / kTokenBlock;
    for (std::int64_t unit = member.index; unit < blocks * c.nKvHeads; unit += member.count) {
        const auto first = unit / c.nKvHeads * kTokenBlock;
        model_.plan().attention->fn.run(problem, unit % c.nKvHeads, first,
                                        std::min(tokens_, first + kTokenBlock), scratchOf(member));
    }
}

// A kv head's positions are cut into parts of kPartPositions, whoever works on them and however many tokens
// there are, so that the bits of a token's output depend on neither. Whoever finishes the last part of a kv
// head merges them, so that no barrier stands between. More tokens than partial() takes are batches that pass
// over the same part one after another.
void Forward::attendInParts(const attention::Problem& whole, const TeamMember& member) {
    const auto& fn = model_.plan().attention->fn;
    const auto group = whole.nHeads / whole.nKvHeads;
    const auto several = attention::partialTokens(group);
    const auto batches = (tokens_ + several - 1) / several;
    const auto positions = position0_ + tokens_;
    const auto parts = (positions + kPartPositions - 1) / kPartPositions;
    const auto stride = attention::partialFloats(group * std::min(tokens_, several), whole.headDim);
    const auto [begin, end] = member.share(whole.nKvHeads * parts * batches);
    for (auto unit = begin; unit < end; ++unit) {
        const auto batch = unit % batches;
        const auto part = unit / batches % parts;
        const auto head = unit / batches / parts;
        auto problem = whole;
        problem.tokens = std::min(several, tokens_ - batch * several);
        problem.position0 += batch * several;
        problem.q += batch * several * whole.ldq;
        problem.out += batch * several * whole.ldo;
        float* results = partials_.as<float>() + (head * batches + batch) * parts * stride;
        fn.partial(problem, head, part * kPartPositions, std::min(positions, (part + 1) * kPartPositions),
                   results + part * stride, scratchOf(member));
        auto& arrived = arrived_[static_cast<std::size_t>(head * batches + batch)];
        if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == parts) {
            arrived.store(0, std::memory_order_relaxed);
            fn.merge(problem, head, results, parts, stride);
        }
    }
}

}  // namespace engine
