#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

namespace kernels::softmax {

/// y[r,i] = exp(x[r,i] - max_i x[r,i]) / sum_i exp(x[r,i] - max_i x[r,i])
/// x, y: [rows, dim] row-major f32, y may be x; -inf counts as zero probability; a row of only -inf is not
/// allowed. Tolerance: |y - reference| <= 2e-6 * reference + 1e-9.
using Fn = void (*)(const float* x, std::int64_t rows, std::int64_t dim, float* y) noexcept;

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::softmax
