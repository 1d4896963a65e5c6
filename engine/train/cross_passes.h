#pragma once

#include "engine/train/vision_parts.h"

namespace engine::train {

/// What the forward pass of a cross-attention block leaves for the way back.
template <class Real>
struct CrossTrace {
    std::vector<Real> x, n1, middle, n2, attended, fed;  // [tokens, dim]; attended, fed: before the gates
    std::vector<Real> inverse1, inverse2;                // [tokens]
    std::vector<Real> q0, q, context;                    // [tokens, qDim], before and after the norm of heads
    std::vector<Real> k0, k, v;                          // [keys, kvDim]
    std::vector<Real> inverseQ, inverseK;                // [tokens * nHeads], [keys * nKvHeads]
    std::vector<Real> probabilities;
    std::vector<Real> gate, up, hidden;  // [tokens, hiddenDim]
    LinearTrace<Real> none;              // there are no adapters on these linears
};

/// x [tokens, dim], in place: x += tanh(g) * wo(attention(q_norm(wq n), k_norm(wk vision), wv vision)), then
/// x
/// += tanh(g') * ffn(norm(x)). Every token sees all of `vision` [keys, dim]. Source: llama-models,
/// llama3/multimodal/model.py, CrossAttentionTransformerBlock.
template <class Real>
void crossForward(const BlockShape& shape, const CrossBlockParts<LinearWeights<Real>, const Real*>& weights,
                  std::int64_t tokens, std::int64_t keys, const Real* vision, Real* x,
                  CrossTrace<Real>& trace, BlockScratch<Real>& scratch);

/// dx [tokens, dim] comes in as the gradient to what the block gave and goes out as that to what it read;
/// dVision [keys, dim] has its own added.
template <class Real>
void crossBackward(const BlockShape& shape, const CrossBlockParts<LinearWeights<Real>, const Real*>& weights,
                   std::int64_t tokens, std::int64_t keys, const Real* vision, const CrossTrace<Real>& trace,
                   Real* dx, Real* dVision, const CrossBlockParts<LinearGradients<Real>, Real*>& gradients,
                   BlockScratch<Real>& scratch);

}  // namespace engine::train
