#include "engine/train/cross_passes.h"

#include "engine/train/gate_passes.h"
#include "engine/train/row_passes.h"

namespace engine::train {
namespace {

std::size_t size(std::int64_t n) {
    return static_cast<std::size_t>(n);
}

template <class Real>
void reserve(const BlockShape& shape, std::int64_t tokens, std::int64_t keys, CrossTrace<Real>& trace) {
    const auto& heads = shape.attention;
    for (auto* rows : {&trace.n1, &trace.n2, &trace.attended, &trace.fed})
        rows->resize(size(tokens * shape.dim));
    for (auto* rows : {&trace.q0, &trace.q, &trace.context})
        rows->resize(size(tokens * shape.qDim()));
    for (auto* rows : {&trace.k0, &trace.k, &trace.v})
        rows->resize(size(keys * shape.kvDim()));
    for (auto* rows : {&trace.gate, &trace.up, &trace.hidden})
        rows->resize(size(tokens * shape.hiddenDim));
    trace.inverse1.resize(size(tokens));
    trace.inverse2.resize(size(tokens));
    trace.inverseQ.resize(size(tokens * heads.nHeads));
    trace.inverseK.resize(size(keys * heads.nKvHeads));
}

}  // namespace

template <class Real>
void crossForward(const BlockShape& shape, const CrossBlockParts<LinearWeights<Real>, const Real*>& weights,
                  std::int64_t tokens, std::int64_t keys, const Real* vision, Real* x,
                  CrossTrace<Real>& trace, BlockScratch<Real>& scratch) {
    const auto eps = static_cast<Real>(shape.normEps);
    const auto& heads = shape.attention;
    const auto forward = [&](BlockLinear linear, const Real* input, std::int64_t rows, Real* out) {
        linearForward(weights.linears[linear], {input, input}, rows, out, trace.none, scratch.weights);
    };
    trace.x.assign(x, x + tokens * shape.dim);
    reserve(shape, tokens, keys, trace);
    rmsnormForward(x, weights.attentionNorm, eps, tokens, shape.dim, trace.n1.data(), trace.inverse1.data());
    forward(kWq, trace.n1.data(), tokens, trace.q0.data());
    forward(kWk, vision, keys, trace.k0.data());
    forward(kWv, vision, keys, trace.v.data());
    rmsnormForward(trace.q0.data(), weights.qNorm, eps, tokens * heads.nHeads, heads.headDim, trace.q.data(),
                   trace.inverseQ.data());
    rmsnormForward(trace.k0.data(), weights.kNorm, eps, keys * heads.nKvHeads, heads.headDim, trace.k.data(),
                   trace.inverseK.data());
    const SeenKeys all{0, tokens, keys};
    trace.probabilities.resize(size(probabilityCount(std::span(&all, 1), heads.nHeads)));
    fullAttentionForward(heads, std::span(&all, 1), trace.q.data(), trace.k.data(), trace.v.data(),
                         trace.probabilities.data(), trace.context.data());
    forward(kWo, trace.context.data(), tokens, trace.attended.data());
    addScaled(trace.attended.data(), openness(weights.attentionGate), tokens * shape.dim, x);

    trace.middle.assign(x, x + tokens * shape.dim);
    rmsnormForward(x, weights.ffnNorm, eps, tokens, shape.dim, trace.n2.data(), trace.inverse2.data());
    forward(kW1, trace.n2.data(), tokens, trace.gate.data());
    forward(kW3, trace.n2.data(), tokens, trace.up.data());
    swigluForward(trace.gate.data(), trace.up.data(), tokens * shape.hiddenDim, trace.hidden.data());
    forward(kW2, trace.hidden.data(), tokens, trace.fed.data());
    addScaled(trace.fed.data(), openness(weights.ffnGate), tokens * shape.dim, x);
}

template <class Real>
void crossBackward(const BlockShape& shape, const CrossBlockParts<LinearWeights<Real>, const Real*>& weights,
                   std::int64_t tokens, std::int64_t keys, const Real* vision, const CrossTrace<Real>& trace,
                   Real* dx, Real* dVision, const CrossBlockParts<LinearGradients<Real>, Real*>& gradients,
                   BlockScratch<Real>& scratch) {
    const auto& heads = shape.attention;
    const auto backward = [&](BlockLinear linear, const Real* input, std::int64_t rows, const Real* dOut,
                              Real* dIn, bool accumulate) {
        linearBackward(weights.linears[linear], {input, input}, trace.none, dOut, rows, dIn, accumulate,
                       gradients.linears[linear], scratch.weights);
    };
    scratch.dMiddle.resize(size(tokens * shape.dim));
    scratch.dn1.resize(size(tokens * shape.dim));
    scratch.dHidden.resize(size(tokens * shape.hiddenDim));
    scratch.dGate.resize(size(tokens * shape.hiddenDim));
    Real* dBranch = scratch.dMiddle.data();
    Real* dNormed = scratch.dn1.data();
    Real* dHidden = scratch.dHidden.data();
    gatedBackward(trace.fed.data(), weights.ffnGate, dx, tokens * shape.dim, dBranch, gradients.ffnGate);
    backward(kW2, trace.hidden.data(), tokens, dBranch, dHidden, false);
    swigluBackward(trace.gate.data(), trace.up.data(), dHidden, tokens * shape.hiddenDim,
                   scratch.dGate.data(), dHidden);
    backward(kW1, trace.n2.data(), tokens, scratch.dGate.data(), dNormed, false);
    backward(kW3, trace.n2.data(), tokens, dHidden, dNormed, true);
    rmsnormBackward(trace.middle.data(), weights.ffnNorm, trace.inverse2.data(), dNormed, tokens, shape.dim,
                    dx, gradients.ffnNorm);

    gatedBackward(trace.attended.data(), weights.attentionGate, dx, tokens * shape.dim, dBranch,
                  gradients.attentionGate);
    scratch.dContext.resize(size(tokens * shape.qDim()));
    scratch.dq.resize(size(tokens * shape.qDim()));
    scratch.dk.assign(size(keys * shape.kvDim()), Real{0});
    scratch.dv.assign(size(keys * shape.kvDim()), Real{0});
    backward(kWo, trace.context.data(), tokens, dBranch, scratch.dContext.data(), false);
    const SeenKeys all{0, tokens, keys};
    fullAttentionBackward(heads, std::span(&all, 1), trace.q.data(), trace.k.data(), trace.v.data(),
                          trace.probabilities.data(), scratch.dContext.data(), scratch.dq.data(),
                          scratch.dk.data(), scratch.dv.data(), scratch.scores);
    // What the norms of heads read takes the place of the context's gradient, then of the keys'.
    auto& dRaw = scratch.dContext;
    dRaw.assign(size(tokens * shape.qDim()), Real{0});
    rmsnormBackward(trace.q0.data(), weights.qNorm, trace.inverseQ.data(), scratch.dq.data(),
                    tokens * heads.nHeads, heads.headDim, dRaw.data(), gradients.qNorm);
    backward(kWq, trace.n1.data(), tokens, dRaw.data(), dNormed, false);
    dRaw.assign(size(keys * shape.kvDim()), Real{0});
    rmsnormBackward(trace.k0.data(), weights.kNorm, trace.inverseK.data(), scratch.dk.data(),
                    keys * heads.nKvHeads, heads.headDim, dRaw.data(), gradients.kNorm);
    backward(kWk, vision, keys, dRaw.data(), dVision, true);
    backward(kWv, vision, keys, scratch.dv.data(), dVision, true);
    rmsnormBackward(trace.x.data(), weights.attentionNorm, trace.inverse1.data(), dNormed, tokens, shape.dim,
                    dx, gradients.attentionNorm);
}

#define INSTANTIATE(Real)                                                                                    \
    template void crossForward(const BlockShape&, const CrossBlockParts<LinearWeights<Real>, const Real*>&,  \
                               std::int64_t, std::int64_t, const Real*, Real*, CrossTrace<Real>&,            \
                               BlockScratch<Real>&);                                                         \
    template void crossBackward(const BlockShape&, const CrossBlockParts<LinearWeights<Real>, const Real*>&, \
                                std::int64_t, std::int64_t, const Real*, const CrossTrace<Real>&, Real*,     \
                                Real*, const CrossBlockParts<LinearGradients<Real>, Real*>&,                 \
                                BlockScratch<Real>&);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace engine::train
