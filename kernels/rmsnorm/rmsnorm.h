#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

namespace kernels::rmsnorm {

/// y[r,i] = x[r,i] / sqrt(mean_i(x[r,i]^2) + eps) * weight[i]
/// x, y: [rows, dim] row-major f32, y may be x; weight: [dim] f32. No alignment is assumed.
/// Tolerance: |y - reference| <= 1e-5 * max(1, |reference|). Zhang & Sennrich 2019, arXiv:1910.07467.
using Fn = void (*)(const float* x, const float* weight, float eps, std::int64_t rows, std::int64_t dim,
                    float* y) noexcept;

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::rmsnorm
