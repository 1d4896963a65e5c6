#pragma once

#include <array>
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/model_config.h"
#include "engine/model/rope_table.h"
#include "engine/train/attention_passes.h"
#include "engine/train/linear_passes.h"

namespace engine::train {

/// The linears of a block, in the order of BlockWeights::linears.
enum BlockLinear : std::size_t { kWq, kWk, kWv, kWo, kW1, kW2, kW3, kBlockLinears };
/// Their names in checkpoints ("attention.wq" …).
std::string_view name(BlockLinear linear);

struct BlockShape {
    AttentionShape attention;
    std::int64_t dim = 0;
    std::int64_t hiddenDim = 0;
    float normEps = 1e-5F;
    RopePairs pairs = RopePairs::adjacent;

    static BlockShape of(const ModelConfig& config);
    std::int64_t qDim() const { return attention.nHeads * attention.headDim; }
    std::int64_t kvDim() const { return attention.nKvHeads * attention.headDim; }
};

/// Outputs and inputs of a linear.
std::pair<std::int64_t, std::int64_t> linearShape(const BlockShape& shape, BlockLinear linear);

/// What a decoder block computes with; the values are effective ones (rounded, fake-quantized, rotated …):
/// how they follow from trained parameters is the caller's business, as is the way of gradients back to
/// those.
template <class Real>
struct BlockWeights {
    std::array<LinearWeights<Real>, kBlockLinears> linears;
    const Real* attentionNorm = nullptr;  // [dim]
    const Real* ffnNorm = nullptr;        // [dim]
    int inputBits = 0;  ///< inputs of all seven linears are fake-quantized to so many bits; 0: they are not
    /// Optional orthogonal transform of the rows [tokens, hiddenDim] that w2 reads, in place, `back` being
    /// its transpose (SpinQuant's R4).
    std::function<void(Real* rows, std::int64_t tokens, bool back)> downRotation;
};

/// Where gradients are added; nullptr: not wanted.
template <class Real>
struct BlockGradients {
    std::array<LinearGradients<Real>, kBlockLinears> linears;
    Real* attentionNorm = nullptr;
    Real* ffnNorm = nullptr;
};

/// What the forward pass of one block leaves for the way back.
template <class Real>
struct BlockTrace {
    std::vector<Real> x;                   // [tokens, dim] the input
    std::vector<Real> n1, n2;              // [tokens, dim] normalized
    std::vector<Real> inverse1, inverse2;  // [tokens]
    std::vector<Real> q, k, v;             // after RoPE
    std::vector<Real> probabilities;
    std::vector<Real> context;                      // [tokens, qDim]
    std::vector<Real> middle;                       // [tokens, dim] after attention
    std::vector<Real> gate, up, hidden;             // [tokens, hiddenDim]
    std::vector<Real> n1q, n2q, contextq, hiddenq;  // quantized inputs, empty where nothing is quantized
    std::array<LinearTrace<Real>, kBlockLinears> linears;
};

/// Memory of one thread that blocks work in, reused from block to block. What blockBackward() leaves: the
/// gradients to the block's parts.
template <class Real>
struct BlockScratch {
    std::vector<Real> weights;  // widened rows, adapter products
    std::vector<Real> scores;
    std::vector<Real> dq, dk, dv, dHidden, dGate;
    std::vector<Real> dn1, dn2;  // [tokens, dim] to what wq, wk and wv read, and w1 and w3
    std::vector<Real> dContext;  // [tokens, qDim]
    std::vector<Real> dMiddle;   // [tokens, dim]
};

/// y = block(x), x and y [tokens, dim] and apart. The texts in `segments` cover all tokens in order. `table`
/// has the longest segment's positions.
template <class Real>
void blockForward(const BlockShape& shape, const BlockWeights<Real>& weights, const RopeTable& table,
                  std::span<const Segment> segments, std::int64_t tokens, const Real* x, Real* y,
                  BlockTrace<Real>& trace, BlockScratch<Real>& scratch);

/// From dy [tokens, dim], the gradient of some loss to y: dx, and the gradients to the weights that are
/// wanted. dx may be dy.
template <class Real>
void blockBackward(const BlockShape& shape, const BlockWeights<Real>& weights, const RopeTable& table,
                   std::span<const Segment> segments, std::int64_t tokens, const BlockTrace<Real>& trace,
                   const Real* dy, Real* dx, const BlockGradients<Real>& gradients,
                   BlockScratch<Real>& scratch);

}  // namespace engine::train
