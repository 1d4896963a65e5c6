#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace engine::train {

/// A text inside a row of tokens: it attends to itself only, and its positions begin at 0.
struct Segment {
    std::int64_t begin = 0;
    std::int64_t length = 0;
    bool operator==(const Segment&) const = default;
};

struct AttentionShape {
    std::int64_t nHeads = 0;
    std::int64_t nKvHeads = 0;  ///< divides nHeads; query head i reads kv head i / (nHeads / nKvHeads)
    std::int64_t headDim = 0;
};

/// Queries per block: the part above the diagonal that is computed for nothing stays below half a block.
inline constexpr std::int64_t kQueryBlock = 64;

/// Floats that the probabilities of these segments take.
std::int64_t probabilityCount(std::span<const Segment> segments, std::int64_t nHeads);

/// context = softmax(q k^T / sqrt(headDim)) v, causal, per segment and head. q, context: [tokens, nHeads *
/// headDim], k, v: [tokens, nKvHeads * headDim], q and k rotated. probabilities: probabilityCount() values
/// that the way back needs.
template <class Real>
void attentionForward(const AttentionShape& shape, std::span<const Segment> segments, const Real* q,
                      const Real* k, const Real* v, Real* probabilities, Real* context);

/// Writes dq, dk and dv (whole matrices; kv heads sum over the query heads that share them).
template <class Real>
void attentionBackward(const AttentionShape& shape, std::span<const Segment> segments, const Real* q,
                       const Real* k, const Real* v, const Real* probabilities, const Real* dContext,
                       Real* dq, Real* dk, Real* dv, std::vector<Real>& scratch);

/// Queries that see the same keys, from the first key on.
struct SeenKeys {
    std::int64_t first = 0;  ///< query
    std::int64_t count = 0;
    std::int64_t keys = 0;
};

/// Floats that the probabilities of these groups take.
std::int64_t probabilityCount(std::span<const SeenKeys> groups, std::int64_t nHeads);

/// The same without a mask within a group. q, context: [queries, nHeads * headDim] and apart, k, v: [keys,
/// nKvHeads * headDim]. Queries of no group are left out.
template <class Real>
void fullAttentionForward(const AttentionShape& shape, std::span<const SeenKeys> groups, const Real* q,
                          const Real* k, const Real* v, Real* probabilities, Real* context);

/// Writes dq of the groups' queries; dk and dv [keys, …] have theirs added.
template <class Real>
void fullAttentionBackward(const AttentionShape& shape, std::span<const SeenKeys> groups, const Real* q,
                           const Real* k, const Real* v, const Real* probabilities, const Real* dContext,
                           Real* dq, Real* dk, Real* dv, std::vector<Real>& scratch);

}  // namespace engine::train
