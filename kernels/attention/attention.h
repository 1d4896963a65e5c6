#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

/// Causal grouped-query attention over a key/value cache:
///   out[t,h,:] = sum_{j <= position0 + t} softmax_j(q[t,h,:] . k[g,j,:] * scale) * v[g,j,:],  g = h /
///   (nHeads / nKvHeads)
///
/// q: [tokens, nHeads, headDim] f32, ldq floats from token to token; out likewise with ldo. k, v: [nKvHeads,
/// capacity, headDim] in f32 or BF16. Positions 0 .. position0 + tokens - 1 of k and v are filled. Softmax
/// and sums in f32. A variant with Trait::roundsActivations may round q and probabilities to BF16 where the
/// cache is BF16. Tolerance: |out - reference| <= 2e-5 * max |v| (2^-7 of it where activations are rounded).
/// Work is split by kv head and token range: one call handles one kv head and tokens [tokenBegin, tokenEnd).
namespace kernels::attention {

enum class KvType : std::uint8_t { f32, bf16 };

struct Problem {
    const float* q = nullptr;
    std::int64_t ldq = 0;
    const void* k = nullptr;
    const void* v = nullptr;
    KvType type = KvType::bf16;
    std::int64_t capacity = 0;  // positions from one kv head to the next
    std::int64_t nHeads = 0;
    std::int64_t nKvHeads = 0;
    std::int64_t headDim = 0;
    std::int64_t position0 = 0;  // position of token 0
    float scale = 1.0F;          // 1 / sqrt(headDim)
    float* out = nullptr;
    std::int64_t ldo = 0;
};

struct Fn {
    /// Bytes of scratch that run() needs per calling thread for keys up to `positions`.
    std::size_t (*scratchBytes)(std::int64_t nHeads, std::int64_t nKvHeads, std::int64_t headDim,
                                std::int64_t positions) noexcept;
    /// `scratch` is aligned to 64 bytes.
    void (*run)(const Problem& problem, std::int64_t kvHead, std::int64_t tokenBegin, std::int64_t tokenEnd,
                void* scratch) noexcept;
};

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::attention
