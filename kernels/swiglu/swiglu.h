#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

namespace kernels::swiglu {

/// y[i] = silu(gate[i]) * up[i] with silu(v) = v / (1 + exp(-v)); n elements of f32; y may be gate or up.
/// Tolerance: |y - reference| <= 2e-6 * |reference| + 1e-9. Shazeer 2020, arXiv:2002.05202.
using Fn = void (*)(const float* gate, const float* up, std::int64_t n, float* y) noexcept;

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::swiglu
