#include <algorithm>
#include <cmath>

#include "engine/runtime/forward.h"

namespace engine {

namespace attention = kernels::attention;

void Forward::reservePartials() {
    const auto& c = model_.config();
    const auto group = c.nHeads / c.nKvHeads;
    partialFloats_ = attention::partialFloats(group * attention::partialTokens(group), c.headDim);
    const auto count = team_.size() + c.nKvHeads - 1;
    partials_ = AlignedBuffer(static_cast<std::size_t>(count * partialFloats_) * sizeof(float));
    arrived_ = std::vector<std::atomic<std::int64_t>>(static_cast<std::size_t>(c.nKvHeads));
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
    if (tokens_ <= attention::partialTokens(c.nHeads / c.nKvHeads))
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

// The blocks of positions of all kv heads form one line, of which every member takes an equal stretch. What a
// member finds of one kv head is a part; parts of one kv head follow each other in partials_, because both
// the kv head and the member only grow along the line. Whoever finishes the last block of a kv head merges
// its parts, so that no barrier stands between.
void Forward::attendInParts(const attention::Problem& problem, const TeamMember& member) {
    const auto& fn = model_.plan().attention->fn;
    const auto positions = position0_ + tokens_;
    const auto blocks = (positions + attention::kBlock - 1) / attention::kBlock;
    const auto line = blocks * problem.nKvHeads;
    // No share may be empty, so that the parts of a kv head have no gaps.
    auto worker = member;
    worker.count = static_cast<int>(std::min<std::int64_t>(member.count, line));
    if (worker.index >= worker.count)
        return;
    const auto [begin, end] = worker.share(line);
    for (auto at = begin; at < end;) {
        const auto head = at / blocks;
        const auto headBegin = head * blocks;
        const auto stop = std::min(end, headBegin + blocks);
        fn.partial(problem, head, (at - headBegin) * attention::kBlock,
                   std::min(positions, (stop - headBegin) * attention::kBlock),
                   partials_.as<float>() + (head + member.index) * partialFloats_, scratchOf(member));
        auto& arrived = arrived_[static_cast<std::size_t>(head)];
        const auto done = stop - at;
        if (arrived.fetch_add(done, std::memory_order_acq_rel) + done == blocks) {
            arrived.store(0, std::memory_order_relaxed);
            const auto memberOf = [&](std::int64_t block) {
                TeamMember other = worker;
                for (other.index = 0; other.share(line).second <= block;)
                    ++other.index;
                return other.index;
            };
            const auto first = memberOf(headBegin);
            const auto last = memberOf(headBegin + blocks - 1);
            fn.merge(problem, head, partials_.as<float>() + (head + first) * partialFloats_, last - first + 1,
                     partialFloats_);
        }
        at = stop;
    }
}

}  // namespace engine
