#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

/// Causal grouped-query attention over a key/value cache:
///   out[t,h,:] = sum_{j <= position0 + t} softmax_j(q[t,h,:] . k[g,j,:] * scale) * v[g,j,:],  g = h /
///   (nHeads / nKvHeads)
///
/// q: [tokens, nHeads, headDim] f32, ldq floats from token to token; out likewise with ldo. Positions 0 ..
/// position0 + tokens - 1 of the cache are filled. Softmax and sums in f32.
///
/// Tolerance against the numbers that the cache holds: |out - reference| <= 2e-5 * max |v|. A variant with
/// Trait::roundsActivations may round q and probabilities to BF16 where the cache is BF16: 2^-7 * max |v|.
///
/// Two ways to the same result: run() takes one kv head and a range of tokens and suits prefill; partial()
/// takes one kv head and a range of positions for few tokens, so that a single token at depth is work for any
/// number of threads, and merge() combines what the ranges gave.
namespace kernels::attention {

enum class KvType : std::uint8_t {
    f32,    ///< [nKvHeads, capacity, headDim] f32
    bf16,   ///< [nKvHeads, capacity, headDim] BF16
    int8,   ///< [nKvHeads, capacity, headDim] int8, times a scale per kv head and position
    kivi2,  ///< 2 bit in groups of 32 positions (kivi2.h)
};

/// Where keys and values of consecutive positions lie.
struct Segment {
    KvType type = KvType::bf16;
    const void* k = nullptr;
    const void* v = nullptr;
    const float* kScale = nullptr;  // [nKvHeads, capacity], int8 only
    const float* vScale = nullptr;
    std::int64_t capacity = 0;  // positions from one kv head to the next; kivi2: a multiple of 32
};

/// Positions are looked at in blocks of this many, counted from position 0.
inline constexpr std::int64_t kBlock = 64;

struct Problem {
    const float* q = nullptr;
    std::int64_t ldq = 0;
    Segment past;                  // positions below recentBegin
    Segment recent;                // positions from recentBegin on, which is its position 0
    std::int64_t recentBegin = 0;  // a multiple of kBlock
    std::int64_t nHeads = 0;
    std::int64_t nKvHeads = 0;
    std::int64_t headDim = 0;
    std::int64_t tokens = 0;
    std::int64_t position0 = 0;  // position of token 0
    float scale = 1.0F;          // 1 / sqrt(headDim)
    float* out = nullptr;
    std::int64_t ldo = 0;
};

/// Queries (tokens times heads of a group) that partial() takes; a single token may have more.
inline constexpr std::int64_t kPartialQueries = 16;

/// Tokens up to which partial() may be used.
static constexpr std::int64_t partialTokens(std::int64_t group) {
    return group >= kPartialQueries ? 1 : kPartialQueries / group;
}

/// Floats of one partial result of `queries` queries: the largest score of each and the sum of exp(score -
/// largest), both padded to 16, then the weighted values [queries, headDim padded to 32], not yet divided by
/// the sum. A query that sees nothing of the range has -inf, 0 and zeros.
static constexpr std::int64_t partialFloats(std::int64_t queries, std::int64_t headDim) {
    return 2 * ((queries + 15) / 16 * 16) + queries * ((headDim + 31) / 32 * 32);
}

struct Fn {
    /// Bytes of scratch that run() and partial() need per calling thread for keys up to `positions`.
    std::size_t (*scratchBytes)(std::int64_t nHeads, std::int64_t nKvHeads, std::int64_t headDim,
                                std::int64_t positions) noexcept;
    /// `scratch` is aligned to 64 bytes.
    void (*run)(const Problem& problem, std::int64_t kvHead, std::int64_t tokenBegin, std::int64_t tokenEnd,
                void* scratch) noexcept;
    /// All tokens of the problem, which has at most partialTokens(), with positions [positionBegin,
    /// positionEnd) of one kv head; positionBegin is a multiple of kBlock. Writes `partial` only.
    void (*partial)(const Problem& problem, std::int64_t kvHead, std::int64_t positionBegin,
                    std::int64_t positionEnd, float* partial, void* scratch) noexcept;
    /// Writes the outputs of one kv head from `count` partial results, `stride` floats apart, whose ranges
    /// make up all positions. Exact: the order of ranges changes the last bits at most.
    void (*merge)(const Problem& problem, std::int64_t kvHead, const float* partials, std::int64_t count,
                  std::int64_t stride) noexcept;
};

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::attention
