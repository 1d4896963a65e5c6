#include "engine/train/block_passes.h"

#include <algorithm>

#include "engine/train/fake_quantize.h"
#include "engine/train/row_passes.h"

namespace engine::train {
namespace {

std::size_t size(std::int64_t n) {
    return static_cast<std::size_t>(n);
}

/// The input of linears in both forms; the quantized one lies in `quantized`.
template <class Real>
LinearInput<Real> inputOf(int bits, const std::vector<Real>& plain, std::int64_t tokens,
                          std::vector<Real>& quantized) {
    if (bits == 0) {
        quantized.clear();
        return {plain.data(), plain.data()};
    }
    quantized.resize(plain.size());
    fakeQuantizeRows(plain.data(), tokens, static_cast<std::int64_t>(plain.size()) / tokens, quantized.data(),
                     bits);
    return {plain.data(), quantized.data()};
}

template <class Real>
LinearInput<Real> inputAgain(const std::vector<Real>& plain, const std::vector<Real>& quantized) {
    return {plain.data(), quantized.empty() ? plain.data() : quantized.data()};
}

template <class Real>
void rotateSegments(const BlockShape& shape, const RopeTable& table, std::span<const Segment> segments,
                    Real* q, Real* k, RopeDirection direction) {
    const auto& a = shape.attention;
    for (const auto& segment : segments) {
        rotate(q + segment.begin * shape.qDim(), segment.length, a.nHeads, a.headDim, table, shape.pairs,
               direction);
        rotate(k + segment.begin * shape.kvDim(), segment.length, a.nKvHeads, a.headDim, table, shape.pairs,
               direction);
    }
}

template <class Real>
void add(const Real* from, std::int64_t n, Real* to) {
    for (std::int64_t i = 0; i < n; ++i)
        to[i] += from[i];
}

}  // namespace

std::string_view name(BlockLinear linear) {
    constexpr std::string_view kNames[] = {"attention.wq",   "attention.wk",    "attention.wv",
                                           "attention.wo",   "feed_forward.w1", "feed_forward.w2",
                                           "feed_forward.w3"};
    return kNames[linear];
}

std::pair<std::int64_t, std::int64_t> linearShape(const BlockShape& shape, BlockLinear linear) {
    switch (linear) {
        case kWq:
            return {shape.qDim(), shape.dim};
        case kWk:
        case kWv:
            return {shape.kvDim(), shape.dim};
        case kWo:
            return {shape.dim, shape.qDim()};
        case kW2:
            return {shape.dim, shape.hiddenDim};
        default:
            return {shape.hiddenDim, shape.dim};
    }
}

BlockShape BlockShape::of(const ModelConfig& config) {
    return {{config.nHeads, config.nKvHeads, config.headDim},
            config.dim,
            config.hiddenDim,
            config.normEps,
            config.rope.pairs};
}

template <class Real>
void blockForward(const BlockShape& shape, const BlockWeights<Real>& weights, const RopeTable& table,
                  std::span<const Segment> segments, std::int64_t tokens, const Real* x, Real* y,
                  BlockTrace<Real>& trace, BlockScratch<Real>& scratch) {
    const auto eps = static_cast<Real>(shape.normEps);
    const int bits = weights.inputBits;
    const auto forward = [&](BlockLinear linear, const LinearInput<Real>& input, Real* out) {
        linearForward(weights.linears[linear], input, tokens, out, trace.linears[linear], scratch.weights);
    };
    trace.x.assign(x, x + tokens * shape.dim);
    for (auto* rows : {&trace.n1, &trace.n2, &trace.middle})
        rows->resize(size(tokens * shape.dim));
    for (auto* rows : {&trace.q, &trace.context})
        rows->resize(size(tokens * shape.qDim()));
    for (auto* rows : {&trace.k, &trace.v})
        rows->resize(size(tokens * shape.kvDim()));
    for (auto* rows : {&trace.gate, &trace.up, &trace.hidden})
        rows->resize(size(tokens * shape.hiddenDim));
    trace.inverse1.resize(size(tokens));
    trace.inverse2.resize(size(tokens));
    trace.probabilities.resize(size(probabilityCount(segments, shape.attention.nHeads)));

    rmsnormForward(x, weights.attentionNorm, eps, tokens, shape.dim, trace.n1.data(), trace.inverse1.data());
    const auto normed = inputOf(bits, trace.n1, tokens, trace.n1q);
    forward(kWq, normed, trace.q.data());
    forward(kWk, normed, trace.k.data());
    forward(kWv, normed, trace.v.data());
    rotateSegments(shape, table, segments, trace.q.data(), trace.k.data(), RopeDirection::forward);
    attentionForward(shape.attention, segments, trace.q.data(), trace.k.data(), trace.v.data(),
                     trace.probabilities.data(), trace.context.data());
    forward(kWo, inputOf(bits, trace.context, tokens, trace.contextq), trace.middle.data());
    add(x, tokens * shape.dim, trace.middle.data());

    rmsnormForward(trace.middle.data(), weights.ffnNorm, eps, tokens, shape.dim, trace.n2.data(),
                   trace.inverse2.data());
    const auto ffnInput = inputOf(bits, trace.n2, tokens, trace.n2q);
    forward(kW1, ffnInput, trace.gate.data());
    forward(kW3, ffnInput, trace.up.data());
    swigluForward(trace.gate.data(), trace.up.data(), tokens * shape.hiddenDim, trace.hidden.data());
    if (weights.downRotation)
        weights.downRotation(trace.hidden.data(), tokens, false);
    forward(kW2, inputOf(bits, trace.hidden, tokens, trace.hiddenq), y);
    add(trace.middle.data(), tokens * shape.dim, y);
}

template <class Real>
void blockBackward(const BlockShape& shape, const BlockWeights<Real>& weights, const RopeTable& table,
                   std::span<const Segment> segments, std::int64_t tokens, const BlockTrace<Real>& trace,
                   const Real* dy, Real* dx, const BlockGradients<Real>& gradients,
                   BlockScratch<Real>& scratch) {
    const auto backward = [&](BlockLinear linear, const LinearInput<Real>& input, const Real* dOut, Real* dIn,
                              bool accumulate) {
        linearBackward(weights.linears[linear], input, trace.linears[linear], dOut, tokens, dIn, accumulate,
                       gradients.linears[linear], scratch.weights);
    };
    scratch.dHidden.resize(size(tokens * shape.hiddenDim));
    scratch.dGate.resize(size(tokens * shape.hiddenDim));
    scratch.dn1.resize(size(tokens * shape.dim));
    scratch.dn2.resize(size(tokens * shape.dim));
    scratch.dMiddle.assign(dy, dy + tokens * shape.dim);
    Real* dHidden = scratch.dHidden.data();
    Real* dn1 = scratch.dn1.data();
    Real* dn2 = scratch.dn2.data();

    backward(kW2, inputAgain(trace.hidden, trace.hiddenq), dy, dHidden, false);
    if (weights.downRotation)
        weights.downRotation(dHidden, tokens, true);
    swigluBackward(trace.gate.data(), trace.up.data(), dHidden, tokens * shape.hiddenDim,
                   scratch.dGate.data(), dHidden);
    const auto ffnInput = inputAgain(trace.n2, trace.n2q);
    backward(kW1, ffnInput, scratch.dGate.data(), dn2, false);
    backward(kW3, ffnInput, dHidden, dn2, true);
    rmsnormBackward(trace.middle.data(), weights.ffnNorm, trace.inverse2.data(), dn2, tokens, shape.dim,
                    scratch.dMiddle.data(), gradients.ffnNorm);

    scratch.dContext.resize(size(tokens * shape.qDim()));
    scratch.dq.resize(size(tokens * shape.qDim()));
    scratch.dk.resize(size(tokens * shape.kvDim()));
    scratch.dv.resize(size(tokens * shape.kvDim()));
    backward(kWo, inputAgain(trace.context, trace.contextq), scratch.dMiddle.data(), scratch.dContext.data(),
             false);
    attentionBackward(shape.attention, segments, trace.q.data(), trace.k.data(), trace.v.data(),
                      trace.probabilities.data(), scratch.dContext.data(), scratch.dq.data(),
                      scratch.dk.data(), scratch.dv.data(), scratch.scores);
    rotateSegments(shape, table, segments, scratch.dq.data(), scratch.dk.data(), RopeDirection::back);
    const auto normed = inputAgain(trace.n1, trace.n1q);
    backward(kWq, normed, scratch.dq.data(), dn1, false);
    backward(kWk, normed, scratch.dk.data(), dn1, true);
    backward(kWv, normed, scratch.dv.data(), dn1, true);
    std::copy(scratch.dMiddle.begin(), scratch.dMiddle.end(), dx);
    rmsnormBackward(trace.x.data(), weights.attentionNorm, trace.inverse1.data(), dn1, tokens, shape.dim, dx,
                    gradients.attentionNorm);
}

#define INSTANTIATE(Real)                                                                        \
    template void blockForward(const BlockShape&, const BlockWeights<Real>&, const RopeTable&,   \
                               std::span<const Segment>, std::int64_t, const Real*, Real*,       \
                               BlockTrace<Real>&, BlockScratch<Real>&);                          \
    template void blockBackward(const BlockShape&, const BlockWeights<Real>&, const RopeTable&,  \
                                std::span<const Segment>, std::int64_t, const BlockTrace<Real>&, \
                                const Real*, Real*, const BlockGradients<Real>&, BlockScratch<Real>&);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace engine::train
