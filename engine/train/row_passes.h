#pragma once

#include <cstdint>

#include "engine/model/model_config.h"
#include "engine/model/rope_table.h"

/// Forward and backward passes of the ops that work row by row. All matrices are row-major and contiguous;
/// Real is float or double. Backward passes are the exact derivatives of the forward ones: see
/// tests/engine/train, which compares them with finite differences.
namespace engine::train {

/// y = x / sqrt(mean(x^2) + eps) * weight; inverse [rows] keeps 1 / sqrt(...) for the way back.
template <class Real>
void rmsnormForward(const Real* x, const Real* weight, Real eps, std::int64_t rows, std::int64_t dim, Real* y,
                    Real* inverse);

/// dx += the gradient to x, weightGrad += that to weight (nullptr: not wanted). With n = x * inverse:
/// dx = inverse * (dy * weight - n * mean(dy * weight * n)).
template <class Real>
void rmsnormBackward(const Real* x, const Real* weight, const Real* inverse, const Real* dy,
                     std::int64_t rows, std::int64_t dim, Real* dx, Real* weightGrad);

/// y = (x - mean(x)) / sqrt(var(x) + eps) * weight + bias per row; mean and inverse [rows] keep what the way
/// back needs. Ba, Kiros & Hinton 2016, arXiv:1607.06450.
template <class Real>
void layerNormForward(const Real* x, const Real* weight, const Real* bias, Real eps, std::int64_t rows,
                      std::int64_t dim, Real* y, Real* mean, Real* inverse);

/// dx += the gradient to x; weightGrad and biasGrad have theirs added (nullptr: not wanted). With n = (x -
/// mean) * inverse and g = dy * weight: dx = inverse * (g - mean(g) - n * mean(g * n)).
template <class Real>
void layerNormBackward(const Real* x, const Real* weight, const Real* mean, const Real* inverse,
                       const Real* dy, std::int64_t rows, std::int64_t dim, Real* dx, Real* weightGrad,
                       Real* biasGrad);

/// y = x * Phi(x) with the normal distribution function, exact (erf); n elements.
template <class Real>
void geluForward(const Real* x, std::int64_t n, Real* y);

/// dx = dy * (Phi(x) + x * phi(x)). dx may be dy.
template <class Real>
void geluBackward(const Real* x, const Real* dy, std::int64_t n, Real* dx);

/// h = silu(gate) * up, n elements.
template <class Real>
void swigluForward(const Real* gate, const Real* up, std::int64_t n, Real* h);

/// dgate = dh * up * sigmoid(gate) * (1 + gate * (1 - sigmoid(gate))), dup = dh * silu(gate). dup may be dh.
template <class Real>
void swigluBackward(const Real* gate, const Real* up, const Real* dh, std::int64_t n, Real* dgate, Real* dup);

/// Rotates x [tokens, heads, headDim] in place by the angles of positions 0, 1, … (or back, which is the
/// gradient's way: rotations are orthogonal).
enum class RopeDirection { forward, back };
template <class Real>
void rotate(Real* x, std::int64_t tokens, std::int64_t heads, std::int64_t headDim, const RopeTable& table,
            RopePairs pairs, RopeDirection direction);

/// Row-wise softmax in place, over the first `width(r)` = firstWidth + r columns of row r (causal), the rest
/// becoming 0; firstWidth = dim: over all.
template <class Real>
void causalSoftmax(Real* x, std::int64_t rows, std::int64_t dim, std::int64_t firstWidth);

}  // namespace engine::train
