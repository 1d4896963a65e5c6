#pragma once

#include <vector>

#include "engine/train/matrix_product.h"

namespace engine::train {

/// y = q(x) W^T + bias + loraScale * (x A^T) B^T, with q the 8-bit fake quantization of the block's inputs
/// where that is on. The adapter reads the unquantized input, as the engine does.
template <class Real>
struct LinearWeights {
    MatrixView<Real> weight;      // [rows, cols]
    const Real* bias = nullptr;   // [rows] or nullptr
    const Real* loraA = nullptr;  // [rank, cols] or nullptr
    const Real* loraB = nullptr;  // [rows, rank]
    std::int64_t rank = 0;
    Real loraScale = 1;
};

/// Where gradients are added; nullptr: not wanted (frozen).
template <class Real>
struct LinearGradients {
    Real* weight = nullptr;
    Real* bias = nullptr;
    Real* loraA = nullptr;
    Real* loraB = nullptr;
};

/// What is kept for the way back.
template <class Real>
struct LinearTrace {
    std::vector<Real> low;  // [tokens, rank] x A^T
};

/// The two forms of one input that a linear may read; the same pointer where nothing is quantized.
template <class Real>
struct LinearInput {
    const Real* plain = nullptr;      // [tokens, cols]
    const Real* quantized = nullptr;  // [tokens, cols]
};

template <class Real>
void linearForward(const LinearWeights<Real>& linear, const LinearInput<Real>& input, std::int64_t tokens,
                   Real* y, LinearTrace<Real>& trace, std::vector<Real>& scratch);

/// dx (nullptr: not wanted) receives the gradient to the input, added to what is there where `accumulate`;
/// quantization passes it straight through.
template <class Real>
void linearBackward(const LinearWeights<Real>& linear, const LinearInput<Real>& input,
                    const LinearTrace<Real>& trace, const Real* dy, std::int64_t tokens, Real* dx,
                    bool accumulate, const LinearGradients<Real>& gradients, std::vector<Real>& scratch);

}  // namespace engine::train
