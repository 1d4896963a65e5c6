#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/train/matrix_product.h"

namespace engine::train {

/// The output layer with the loss behind it: logits are made for a few rows at a time and never kept.
template <class Real>
struct OutputHead {
    MatrixView<Real> weight;  // [vocab, dim]
    bool quantizeInput = false;
};

/// A second model whose probabilities are the targets, on the same rows.
template <class Real>
struct Teacher {
    OutputHead<Real> head;
    std::span<const Real> hidden;  // [tokens, dim of the teacher]
    Real share = 0;                ///< of the loss, 0..1; the rest is cross-entropy with the targets
};

/// What the rows of a pass are compared with. A row of weight 0 costs nothing.
template <class Real>
struct LossRows {
    std::span<const std::int32_t> targets;  // [tokens]
    std::span<const Real> weights;          // [tokens] factor of the row's loss
    const Teacher<Real>* teacher = nullptr;
};

struct LossSums {
    double loss = 0.0;         ///< sum of weight * ((1 - share) * nll + share * kl)
    double nll = 0.0;          ///< sum over rows of weight other than 0 of -ln p(target), unweighted
    double kl = 0.0;           ///< of KL(teacher || model), unweighted; 0 without a teacher
    std::int64_t rows = 0;     ///< rows of weight other than 0
    std::int64_t correct = 0;  ///< of them, whose most likely token is the target
};

/// Losses of rows; where `dHidden` is not empty also their gradients: it receives that to `hidden` [tokens,
/// dim] (rows of weight 0 become 0), `dWeight` (nullptr: not wanted) has that to the head's weight added. d
/// loss / d logits = weight * (p - (1 - share) * onehot(target) - share * q). `logProbabilities` (may be
/// empty) receives ln p(target) of rows of weight other than 0, 0 elsewhere.
template <class Real>
LossSums lossOfRows(const OutputHead<Real>& head, std::span<const Real> hidden, const LossRows<Real>& rows,
                    std::span<Real> dHidden, Real* dWeight, std::span<Real> logProbabilities = {});

}  // namespace engine::train
