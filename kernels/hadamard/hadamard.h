#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

/// Online Hadamard transform of rows, in place: x <- (H_m (x) S) x / sqrt(dim), dim = m * 2^k, S the
/// natural-order (Sylvester) Walsh-Hadamard matrix of order 2^k, H_m the Hadamard matrix of order m from
/// tables.h (1, 12, 20, 28 ...): each contiguous piece of 2^k elements is transformed, then H_m is applied
/// across the m pieces. Tolerance: |y - reference| <= 2e-6 * ||x||_2. Source: llama-stack hadamard_utils.py,
/// ExecuTorch fast_hadamard_transform.h, SpinQuant's rotation matrices.
namespace kernels::hadamard {

/// The order m of the non-Sylvester factor for `dim`, the first that fits in the order of tables(); 0 when
/// dim has no supported factorization.
std::int64_t factorOf(std::int64_t dim) noexcept;

/// x: [rows, dim] f32, `ldx` floats from row to row; factorOf(dim) != 0. scratch: dim floats.
using Fn = void (*)(float* x, std::int64_t ldx, std::int64_t rows, std::int64_t dim, float* scratch) noexcept;

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::hadamard
