#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

/// Rotary position embedding, in place: each pair (a, b) of a head becomes (a cos - b sin, a sin + b cos).
/// Pairs are (2i, 2i+1) in Meta's order or (i, i + headDim/2) in Hugging Face's. Su et al. 2021,
/// arXiv:2104.09864. Tolerance: |y - reference| <= 1e-6 * max(|a|, |b|).
namespace kernels::rope {

enum class PairOrder : std::uint8_t { adjacent, halves };

/// x: [tokens, heads, headDim] f32, `ldx` floats from token to token; headDim even.
/// cosTable, sinTable: [positions, headDim/2] f32; token t uses row position0 + t.
using Fn = void (*)(float* x, std::int64_t ldx, std::int64_t tokens, std::int64_t heads, std::int64_t headDim,
                    const float* cosTable, const float* sinTable, std::int64_t position0,
                    PairOrder order) noexcept;

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::rope
