#include "engine/train/attention_passes.h"

#include <algorithm>
#include <cmath>

#include "engine/train/matrix_product.h"
#include "engine/train/row_passes.h"

namespace engine::train {
namespace {

/// One block of queries of one head in one segment, and where its probabilities [rows, keys] lie.
struct Block {
    std::int64_t qAt;    // element of q and context where the block begins
    std::int64_t kAt;    // element of k and v where the segment begins
    std::int64_t rows;   // queries
    std::int64_t first;  // position of the first one
    std::int64_t keys;   // first + rows
    std::int64_t probabilitiesAt;
};

template <class Use>
std::int64_t forBlocks(const AttentionShape& shape, std::span<const Segment> segments, const Use& use) {
    const auto qDim = shape.nHeads * shape.headDim;
    const auto kvDim = shape.nKvHeads * shape.headDim;
    std::int64_t at = 0;
    for (const auto& segment : segments)
        for (std::int64_t head = 0; head < shape.nHeads; ++head) {
            const auto kvHead = head / (shape.nHeads / shape.nKvHeads);
            for (std::int64_t first = 0; first < segment.length; first += kQueryBlock) {
                const auto rows = std::min(kQueryBlock, segment.length - first);
                use(Block{(segment.begin + first) * qDim + head * shape.headDim,
                          segment.begin * kvDim + kvHead * shape.headDim, rows, first, first + rows, at});
                at += rows * (first + rows);
            }
        }
    return at;
}

template <class Use>
std::int64_t forGroups(const AttentionShape& shape, std::span<const SeenKeys> groups, const Use& use) {
    const auto qDim = shape.nHeads * shape.headDim;
    std::int64_t at = 0;
    for (const auto& group : groups)
        for (std::int64_t head = 0; head < shape.nHeads; ++head) {
            const auto kvHead = head / (shape.nHeads / shape.nKvHeads);
            // first = keys: nothing is hidden.
            use(Block{group.first * qDim + head * shape.headDim, kvHead * shape.headDim, group.count,
                      group.keys, group.keys, at});
            at += group.count * group.keys;
        }
    return at;
}

template <class Real>
void forwardBlock(const AttentionShape& shape, const Block& b, const Real* q, const Real* k, const Real* v,
                  Real* probabilities, Real* context) {
    const auto qDim = shape.nHeads * shape.headDim;
    const auto kvDim = shape.nKvHeads * shape.headDim;
    const auto scale = static_cast<Real>(1.0 / std::sqrt(static_cast<double>(shape.headDim)));
    Real* p = probabilities + b.probabilitiesAt;
    MatrixProduct<Real>{b.rows, b.keys, shape.headDim, q + b.qAt, qDim, k + b.kAt, kvDim, Transposed::second}
        .writeTo(p, b.keys, false);
    for (std::int64_t i = 0; i < b.rows * b.keys; ++i)
        p[i] *= scale;
    causalSoftmax(p, b.rows, b.keys, b.first + 1);
    MatrixProduct<Real>{b.rows, shape.headDim, b.keys, p, b.keys, v + b.kAt, kvDim}.writeTo(context + b.qAt,
                                                                                            qDim, false);
}

template <class Real>
void backwardBlock(const AttentionShape& shape, const Block& b, const Real* q, const Real* k, const Real* v,
                   const Real* probabilities, const Real* dContext, Real* dq, Real* dk, Real* dv,
                   std::vector<Real>& scratch) {
    const auto qDim = shape.nHeads * shape.headDim;
    const auto kvDim = shape.nKvHeads * shape.headDim;
    const auto hd = shape.headDim;
    const auto scale = static_cast<Real>(1.0 / std::sqrt(static_cast<double>(hd)));
    const Real* p = probabilities + b.probabilitiesAt;
    scratch.resize(static_cast<std::size_t>(b.rows * b.keys));
    Real* ds = scratch.data();
    MatrixProduct<Real>{b.keys, hd, b.rows, p, b.keys, dContext + b.qAt, qDim, Transposed::first}.writeTo(
        dv + b.kAt, kvDim, true);
    MatrixProduct<Real>{b.rows, b.keys, hd, dContext + b.qAt, qDim, v + b.kAt, kvDim, Transposed::second}
        .writeTo(ds, b.keys, false);
    for (std::int64_t r = 0; r < b.rows; ++r) {
        const Real* pRow = p + r * b.keys;
        Real* dsRow = ds + r * b.keys;
        Real dot = 0;
        for (std::int64_t i = 0; i < b.keys; ++i)
            dot += pRow[i] * dsRow[i];
        for (std::int64_t i = 0; i < b.keys; ++i)
            dsRow[i] = pRow[i] * (dsRow[i] - dot) * scale;
    }
    MatrixProduct<Real>{b.rows, hd, b.keys, ds, b.keys, k + b.kAt, kvDim}.writeTo(dq + b.qAt, qDim, false);
    MatrixProduct<Real>{b.keys, hd, b.rows, ds, b.keys, q + b.qAt, qDim, Transposed::first}.writeTo(
        dk + b.kAt, kvDim, true);
}

}  // namespace

std::int64_t probabilityCount(std::span<const Segment> segments, std::int64_t nHeads) {
    return forBlocks({nHeads, nHeads, 1}, segments, [](const Block&) {});
}

std::int64_t probabilityCount(std::span<const SeenKeys> groups, std::int64_t nHeads) {
    return forGroups({nHeads, nHeads, 1}, groups, [](const Block&) {});
}

template <class Real>
void attentionForward(const AttentionShape& shape, std::span<const Segment> segments, const Real* q,
                      const Real* k, const Real* v, Real* probabilities, Real* context) {
    forBlocks(shape, segments,
              [&](const Block& b) { forwardBlock(shape, b, q, k, v, probabilities, context); });
}

template <class Real>
void attentionBackward(const AttentionShape& shape, std::span<const Segment> segments, const Real* q,
                       const Real* k, const Real* v, const Real* probabilities, const Real* dContext,
                       Real* dq, Real* dk, Real* dv, std::vector<Real>& scratch) {
    const auto kvDim = shape.nKvHeads * shape.headDim;
    for (const auto& segment : segments) {
        std::fill_n(dk + segment.begin * kvDim, segment.length * kvDim, Real{0});
        std::fill_n(dv + segment.begin * kvDim, segment.length * kvDim, Real{0});
    }
    forBlocks(shape, segments, [&](const Block& b) {
        backwardBlock(shape, b, q, k, v, probabilities, dContext, dq, dk, dv, scratch);
    });
}

template <class Real>
void fullAttentionForward(const AttentionShape& shape, std::span<const SeenKeys> groups, const Real* q,
                          const Real* k, const Real* v, Real* probabilities, Real* context) {
    forGroups(shape, groups,
              [&](const Block& b) { forwardBlock(shape, b, q, k, v, probabilities, context); });
}

template <class Real>
void fullAttentionBackward(const AttentionShape& shape, std::span<const SeenKeys> groups, const Real* q,
                           const Real* k, const Real* v, const Real* probabilities, const Real* dContext,
                           Real* dq, Real* dk, Real* dv, std::vector<Real>& scratch) {
    forGroups(shape, groups, [&](const Block& b) {
        backwardBlock(shape, b, q, k, v, probabilities, dContext, dq, dk, dv, scratch);
    });
}

#define INSTANTIATE(Real)                                                                                    \
    template void attentionForward(const AttentionShape&, std::span<const Segment>, const Real*,             \
                                   const Real*, const Real*, Real*, Real*);                                  \
    template void attentionBackward(const AttentionShape&, std::span<const Segment>, const Real*,            \
                                    const Real*, const Real*, const Real*, const Real*, Real*, Real*, Real*, \
                                    std::vector<Real>&);                                                     \
    template void fullAttentionForward(const AttentionShape&, std::span<const SeenKeys>, const Real*,        \
                                       const Real*, const Real*, Real*, Real*);                              \
    template void fullAttentionBackward(const AttentionShape&, std::span<const SeenKeys>, const Real*,       \
                                        const Real*, const Real*, const Real*, const Real*, Real*, Real*,    \
                                        Real*, std::vector<Real>&);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace engine::train
