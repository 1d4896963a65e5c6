// Cross-attention to images, before a decoder block. Tokens before the first image see none and pass
// unchanged; without images nothing of this runs.
#include <algorithm>
#include <cmath>

#include "engine/runtime/forward.h"

namespace engine {

std::int64_t Forward::firstSeeing() const {
    if (images_.empty())
        return tokens_;
    return std::clamp<std::int64_t>(images_.front().position - position0_, 0, tokens_);
}

void Forward::reserveCross() {
    const auto& c = model_.config();
    std::vector<SeenPositions> all;
    for (const auto& image : images_)
        all.push_back(image.keys->seen(0));
    crossPartialFloats_ = kernels::roundUp(fullAttentionFloats(c.nHeads / c.nKvHeads, c.headDim, all), 16);
    const auto bytes = static_cast<std::size_t>(crossPartialFloats_ * team_.size()) * sizeof(float);
    if (crossPartials_.size() < bytes)
        crossPartials_ = AlignedBuffer(bytes, PageSize::small);
}

// Batches of tokens that see the same, times kv heads, are dealt out in turn.
void Forward::attendToImages(std::int64_t layer, std::int64_t first, const TeamMember& member) {
    const auto& c = model_.config();
    const auto count = tokens_ - first;
    kernels::attention::Problem problem;
    problem.q = q_;
    problem.ldq = c.nHeads * c.headDim;
    problem.nHeads = c.nHeads;
    problem.nKvHeads = c.nKvHeads;
    problem.headDim = c.headDim;
    problem.scale = 1.0F / std::sqrt(static_cast<float>(c.headDim));
    problem.out = context_;
    problem.ldo = problem.ldq;
    float* partials = crossPartials_.as<float>() + crossPartialFloats_ * member.index;
    const auto most = kernels::attention::partialTokens(c.nHeads / c.nKvHeads);
    std::int64_t unit = 0;
    std::vector<SeenPositions> seen;
    for (std::int64_t begin = 0; begin < count;) {
        const auto images = visibleAt(images_, position0_ + first + begin);
        auto end = begin + 1;
        while (end < std::min(count, begin + most) &&
               visibleAt(images_, position0_ + first + end).data() == images.data() &&
               visibleAt(images_, position0_ + first + end).size() == images.size())
            ++end;
        for (std::int64_t head = 0; head < c.nKvHeads; ++head, ++unit) {
            if (unit % member.count != member.index)
                continue;
            seen.clear();
            for (const auto& image : images)
                seen.push_back(image.keys->seen(layer));
            attendToAll(model_.plan().attention->fn, problem, seen, head, begin, end, partials,
                        scratchOf(member));
        }
        begin = end;
    }
}

void Forward::addGated(float gate, std::int64_t first, const TeamMember& member) {
    const auto dim = model_.config().dim;
    const auto [begin, end] = member.share(tokens_ - first);
    for (auto i = (first + begin) * dim; i < (first + end) * dim; ++i)
        x_[i] += gate * y_[i];
}

/// Rows [begin, end) of a linear's input in 8 bit, where its weight is; all members call it.
void Forward::quantizeFor(const Linear& linear, const float* x, std::int64_t begin, std::int64_t end,
                          const TeamMember& member) {
    if (!linear.weight.quantized())
        return;
    if (begin < end)
        quantizeRows(x, linear.weight.cols, begin, end, 8, kernels::quantize_activations::kLinearScaleFloor);
    member.barrier();
}

// Rows of x_, n_ and y_ keep their places; q_, context_, gate_ and up_ begin with the first token that sees.
void Forward::crossBlock(const CrossBlock& block, std::int64_t crossLayer, bool firstBlock,
                         const TeamMember& member) {
    const auto& c = model_.config();
    const auto& plan = model_.plan();
    const auto first = firstSeeing();
    const auto count = tokens_ - first;
    const auto qDim = c.nHeads * c.headDim;
    float* n = n_ + first * c.dim;
    addAndNorm(firstBlock ? nullptr : y_, block.attentionNorm, false, member);
    member.barrier();
    const auto [begin, end] = member.share(count);
    quantizeFor(block.wq, n, begin, end, member);
    runLinears({{&block.wq, q_}}, n, count, member);
    if (begin < end)
        plan.rmsnorm->fn(q_ + begin * qDim, block.qNorm.data(), c.normEps, (end - begin) * c.nHeads,
                         c.headDim, q_ + begin * qDim);
    member.barrier();
    attendToImages(crossLayer, first, member);
    member.barrier();
    quantizeFor(block.wo, context_, begin, end, member);
    runLinears({{&block.wo, n}}, context_, count, member);
    addGated(block.attentionGate, first, member);
    if (begin < end)
        plan.rmsnorm->fn(x_ + (first + begin) * c.dim, block.ffnNorm.data(), c.normEps, end - begin, c.dim,
                         n + begin * c.dim);
    member.barrier();
    quantizeFor(block.w1, n, begin, end, member);
    runLinears({{&block.w1, gate_}, {&block.w3, up_}}, n, count, member);
    if (begin < end)
        plan.swiglu->fn(gate_ + begin * c.hiddenDim, up_ + begin * c.hiddenDim, (end - begin) * c.hiddenDim,
                        gate_ + begin * c.hiddenDim);
    member.barrier();
    quantizeFor(block.w2, gate_, begin, end, member);
    runLinears({{&block.w2, n}}, gate_, count, member);
    addGated(block.ffnGate, first, member);
    member.barrier();
}

}  // namespace engine
