#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/attention/attention.h"
#include "kernels/attention/widen.h"
#include "kernels/base/tile.h"

// Attention by blocks of keys with a running softmax, for any vector width: the keys of a block are widened
// and transposed once, its values widened once, and all queries that share them (heads of the group times
// tokens) pass over both with the same register-blocked product. All arithmetic is f32. Running softmax:
// Milakov & Gimelshein 2018, arXiv:1805.02867. V is described in widen.h.
namespace kernels::attention {

static_assert(kBlock == 64,
              "both widened blocks of 64 wide heads fit the L1 cache, with a few queries beside them");
/// Queries per pass over the keys: widening a block costs a twentieth of what this many queries do with it.
inline constexpr int64_t kQueries = 64;
/// Columns that transposing fills at once, at most: 2 x 16 BF16 numbers.
inline constexpr int64_t kColumns = 32;

template <class V>
struct Blockwise {
    using Vector = typename V::Vector;
    static constexpr int64_t kLanes = V::kLanes;
    static constexpr int64_t kRows = V::kRows;

    /// Scratch of one call, every part a multiple of 64 bytes.
    struct Parts {
        float* keys;      // [columns, kBlock]
        float* values;    // [kBlock, columns]
        float* q;         // [kQueries, columns], times scale
        float* out;       // [kQueries, columns], not yet divided by sum
        float* scores;    // [kRows, kBlock]
        float* largest;   // [kQueries], of the scores so far
        float* sum;       // [kQueries], of exp(score - largest)
        float* shrink;    // [kRows], what out and sum of the blocks before are multiplied by
        int64_t columns;  // headDim rounded up
    };

    static size_t scratchBytes(int64_t, int64_t, int64_t headDim, int64_t) noexcept {
        const int64_t columns = roundUp(headDim, kColumns);
        return static_cast<size_t>(2 * (kBlock + kQueries) * columns + kRows * kBlock + 3 * kQueries) *
               sizeof(float);
    }

    static Parts partsOf(void* scratch, int64_t headDim) noexcept {
        Parts parts{};
        parts.columns = roundUp(headDim, kColumns);
        parts.keys = static_cast<float*>(scratch);
        parts.values = parts.keys + kBlock * parts.columns;
        parts.q = parts.values + kBlock * parts.columns;
        parts.out = parts.q + kQueries * parts.columns;
        parts.scores = parts.out + kQueries * parts.columns;
        parts.largest = parts.scores + kRows * kBlock;
        parts.sum = parts.largest + kQueries;
        parts.shrink = parts.sum + kQueries;
        return parts;
    }

    // c[r, :] = a[r, :] * b, plus c[r, :] * shrink[r] where that is given; b is [depth, Vectors].
    template <int Rows, int Vectors>
    static inline void block(const float* a, int64_t lda, const float* b, int64_t ldb, int64_t depth,
                             float* c, int64_t ldc, const float* shrink) noexcept {
        Vector acc[Rows][Vectors];
        for (int r = 0; r < Rows; ++r)
            for (int i = 0; i < Vectors; ++i)
                acc[r][i] = V::zero();
        for (int64_t k = 0; k < depth; ++k) {
            Vector line[Vectors];
            for (int i = 0; i < Vectors; ++i)
                line[i] = V::load(b + k * ldb + i * kLanes);
            for (int r = 0; r < Rows; ++r) {
                const Vector value = V::broadcast(a[r * lda + k]);
                for (int i = 0; i < Vectors; ++i)
                    acc[r][i] = V::fma(value, line[i], acc[r][i]);
            }
        }
        for (int r = 0; r < Rows; ++r)
            for (int i = 0; i < Vectors; ++i) {
                float* to = c + r * ldc + i * kLanes;
                V::store(to, shrink == nullptr ? acc[r][i]
                                               : V::fma(V::load(to), V::broadcast(shrink[r]), acc[r][i]));
            }
    }

    template <int Rows, int Vectors>
    static inline void dispatch(int64_t rows, int64_t vectors, const float* a, int64_t lda, const float* b,
                                int64_t ldb, int64_t depth, float* c, int64_t ldc,
                                const float* shrink) noexcept {
        if constexpr (Rows > 1)
            if (rows < Rows)
                return dispatch<Rows - 1, Vectors>(rows, vectors, a, lda, b, ldb, depth, c, ldc, shrink);
        if constexpr (Vectors > 1)
            if (vectors < Vectors)
                return dispatch<Rows, Vectors - 1>(rows, vectors, a, lda, b, ldb, depth, c, ldc, shrink);
        block<Rows, Vectors>(a, lda, b, ldb, depth, c, ldc, shrink);
    }

    /// The product above for up to kRows rows and the first `width` columns, which are padded to whole
    /// vectors.
    static void multiply(int64_t rows, int64_t width, const float* a, int64_t lda, const float* b,
                         int64_t ldb, int64_t depth, float* c, int64_t ldc, const float* shrink) noexcept {
        const int64_t vectors = (width + kLanes - 1) / kLanes;
        for (int64_t i = 0; i < vectors; i += V::kVectors)
            dispatch<V::kRows, V::kVectors>(rows, vectors - i, a, lda, b + i * kLanes, ldb, depth,
                                            c + i * kLanes, ldc, shrink);
    }

    /// Scores of one query become exp(score - largest), those beyond `count` 0; returns what earlier blocks
    /// shrink by.
    static float softmax(float* scores, int64_t count, int64_t keys, float& largest, float& sum) noexcept {
        Vector top = V::broadcast(largest);
        for (int64_t j = 0; j < keys; j += kLanes) {
            const Vector kept = V::keepFirst(V::load(scores + j), count - j);
            V::store(scores + j, kept);
            top = V::max(top, kept);
        }
        const float newLargest = V::largestOf(top);
        const Vector negated = V::broadcast(-newLargest);
        Vector total = V::zero();
        for (int64_t j = 0; j < keys; j += kLanes) {
            const Vector weight = V::exp(V::add(V::load(scores + j), negated));
            V::store(scores + j, weight);
            total = V::add(total, weight);
        }
        float shrink[kLanes];
        V::store(shrink, V::exp(V::broadcast(largest - newLargest)));
        largest = newLargest;
        sum = sum * shrink[0] + V::sumOf(total);
        return shrink[0];
    }

    /// Row r is head r % group of token r / group, of the tokens and heads that share a kv head.
    struct Rows {
        int64_t first;
        int64_t count;
        int64_t group;
        int64_t kvHead;

        int64_t token(int64_t row) const noexcept { return (first + row) / group; }
        int64_t head(int64_t row) const noexcept { return kvHead * group + (first + row) % group; }
    };

    static void loadQueries(const Problem& p, const Rows& rows, const Parts& parts) noexcept {
        const Vector scale = V::broadcast(p.scale);
        for (int64_t r = 0; r < rows.count; ++r) {
            const float* q = p.q + rows.token(r) * p.ldq + rows.head(r) * p.headDim;
            for (int64_t d = 0; d < p.headDim; d += kLanes) {
                V::store(parts.q + r * parts.columns + d, V::mul(V::loadFirst(q + d, p.headDim - d), scale));
                V::store(parts.out + r * parts.columns + d, V::zero());
            }
            parts.largest[r] = -__builtin_inff();
            parts.sum[r] = 0.0F;
        }
    }

    static void storeOutputs(const Problem& p, const Rows& rows, const Parts& parts) noexcept {
        for (int64_t r = 0; r < rows.count; ++r) {
            const Vector factor = V::broadcast(1.0F / parts.sum[r]);
            float* out = p.out + rows.token(r) * p.ldo + rows.head(r) * p.headDim;
            for (int64_t d = 0; d < p.headDim; d += kLanes)
                V::storeFirst(out + d, V::mul(V::load(parts.out + r * parts.columns + d), factor),
                              p.headDim - d);
        }
    }

    /// Rows [begin, rows.count) meet the block of `keys` keys that starts at position `position`.
    static void visit(const Problem& p, const Rows& rows, const Parts& parts, int64_t begin, int64_t position,
                      int64_t keys) noexcept {
        for (int64_t row = begin; row < rows.count; row += kRows) {
            const int64_t count = rows.count - row < kRows ? rows.count - row : kRows;
            multiply(count, keys, parts.q + row * parts.columns, parts.columns, parts.keys, kBlock, p.headDim,
                     parts.scores, kBlock, nullptr);
            for (int64_t r = 0; r < count; ++r) {
                const int64_t seen = p.position0 + rows.token(row + r) + 1 - position;
                parts.shrink[r] = softmax(parts.scores + r * kBlock, seen < keys ? seen : keys, keys,
                                          parts.largest[row + r], parts.sum[row + r]);
            }
            multiply(count, p.headDim, parts.scores, kBlock, parts.values, parts.columns, keys,
                     parts.out + row * parts.columns, parts.columns, parts.shrink);
        }
    }

    static void attend(const Problem& p, const Rows& rows, const Parts& parts) noexcept {
        loadQueries(p, rows, parts);
        const int64_t positions = p.position0 + rows.token(rows.count - 1) + 1;
        for (int64_t position = 0; position < positions; position += kBlock) {
            const int64_t keys = positions - position < kBlock ? positions - position : kBlock;
            const Block block = blockAt(p, rows.kvHead, position);
            Widen<V>::keys(block, p.headDim, keys, parts.keys);
            Widen<V>::values(block, p.headDim, keys, parts.values, parts.columns);
            // Rows of tokens before the block see nothing of it.
            const int64_t before = (position - p.position0) * rows.group - rows.first;
            visit(p, rows, parts, before > 0 ? before : 0, position, keys);
        }
        storeOutputs(p, rows, parts);
    }

    static void run(const Problem& p, int64_t kvHead, int64_t tokenBegin, int64_t tokenEnd,
                    void* scratch) noexcept {
        const Parts parts = partsOf(scratch, p.headDim);
        const int64_t group = p.nHeads / p.nKvHeads;
        for (int64_t row = tokenBegin * group; row < tokenEnd * group; row += kQueries) {
            const int64_t left = tokenEnd * group - row;
            attend(p, {row, left < kQueries ? left : kQueries, group, kvHead}, parts);
        }
    }
};

}  // namespace kernels::attention
