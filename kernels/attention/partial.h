#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/attention/attention.h"
#include "kernels/attention/blockwise.h"
#include "kernels/attention/kivi2.h"
#include "kernels/attention/widen.h"

// Few queries over a range of positions, for any vector width, and the exact merging of such results. Keys
// and values are read once, as they lie in the cache, for all query heads that share them: the time is that
// of the memory. V is described in widen.h; with V::kPairs it also has dotPairs(acc, a, b), which adds the
// products of BF16 pairs, narrow(Vector): as BF16 in the lower half, storeNarrow(void*, Vector), and
// interleave.
namespace kernels::attention {

/// Query heads that one pass over a block serves.
inline constexpr int kHeads = 4;

template <class V>
struct Partial {
    using Vector = typename V::Vector;
    static constexpr int64_t kLanes = V::kLanes;

    /// What a call works on, and its scratch.
    struct Work {
        const Problem* problem;
        int64_t kvHead;
        int64_t group;
        int64_t queries;
        int64_t columns;  // headDim rounded up
        float* largest;   // [queries]
        float* sum;       // [queries]
        float* out;       // [queries, columns]
        float* q;         // [queries, columns], times scale; pairs: BF16 in the first half of each row
        float* scores;    // [kHeads, kBlock]
        float* factors;   // [kHeads, columns] kivi2: what codes are multiplied by
    };

    static size_t scratchBytes(int64_t nHeads, int64_t nKvHeads, int64_t headDim,
                               int64_t positions) noexcept {
        const int64_t group = nHeads / nKvHeads;
        const int64_t queries = group > kPartialQueries ? group : kPartialQueries;
        const int64_t columns = roundUp(headDim, kColumns);
        const size_t own =
            static_cast<size_t>((2 * queries + kHeads) * columns + kHeads * kBlock) * sizeof(float);
        const size_t blockwise = Blockwise<V>::scratchBytes(nHeads, nKvHeads, headDim, positions);
        return own > blockwise ? own : blockwise;
    }

    static Work workOf(const Problem& p, int64_t kvHead, float* partial, void* scratch) noexcept {
        Work w{};
        w.problem = &p;
        w.kvHead = kvHead;
        w.group = p.nHeads / p.nKvHeads;
        w.queries = p.tokens * w.group;
        w.columns = roundUp(p.headDim, kColumns);
        w.largest = partial;
        w.sum = w.largest + roundUp(w.queries, 16);
        w.out = w.sum + roundUp(w.queries, 16);
        w.q = static_cast<float*>(scratch);
        w.scores = w.q + w.queries * w.columns;
        w.factors = w.scores + kHeads * kBlock;
        return w;
    }

    static void begin(const Work& w) noexcept {
        const Problem& p = *w.problem;
        const Vector scale = V::broadcast(p.scale);
        for (int64_t r = 0; r < w.queries; ++r) {
            const float* q = p.q + r / w.group * p.ldq + (w.kvHead * w.group + r % w.group) * p.headDim;
            for (int64_t d = 0; d < w.columns; d += kLanes) {
                const int64_t left = p.headDim - d;
                const Vector value = left > 0 ? V::mul(V::loadFirst(q + d, left), scale) : V::zero();
                V::store(w.q + r * w.columns + d, value);
                V::store(w.out + r * w.columns + d, V::zero());
            }
            w.largest[r] = -__builtin_inff();
            w.sum[r] = 0.0F;
        }
    }

    template <class E>
    static inline void prefetch(const E* from, int64_t count) noexcept {
        constexpr int64_t kLine = 64 / sizeof(E);
        for (int64_t i = 0; i < count; i += kLine)
            __builtin_prefetch(from + i);
    }

    /// Sums of `Keys` keys times `Heads` queries over all channels, sums[key * stride + head].
    template <class E, int Heads, int Keys, int Stride>
    static inline void dotTile(const E* const (&key)[Keys], const float* q, int64_t columns, int64_t headDim,
                               Vector (&sums)[kLanes]) noexcept {
        Vector acc[Keys][Heads];
        for (int i = 0; i < Keys; ++i)
            for (int h = 0; h < Heads; ++h)
                acc[i][h] = V::zero();
        int64_t d = 0;
        for (; d + kLanes <= headDim; d += kLanes) {
            Vector line[Keys];
            for (int i = 0; i < Keys; ++i)
                line[i] = V::load(key[i] + d);
            for (int h = 0; h < Heads; ++h) {
                const Vector query = V::inRegister(V::load(q + h * columns + d));
                for (int i = 0; i < Keys; ++i)
                    acc[i][h] = V::fma(line[i], query, acc[i][h]);
            }
        }
        if (d < headDim)
            for (int i = 0; i < Keys; ++i) {
                const Vector line = V::loadFirst(key[i] + d, headDim - d);
                for (int h = 0; h < Heads; ++h)
                    acc[i][h] = V::fma(line, V::load(q + h * columns + d), acc[i][h]);
            }
        for (int i = 0; i < Keys; ++i)
            for (int h = 0; h < Stride; ++h)
                sums[i * Stride + h] = h < Heads ? acc[i][h < Heads ? h : 0] : V::zero();
    }

    /// scores[h, j] for all keys, padded to whole vectors by repeating the last one.
    template <class E, int Heads>
    static void dots(const E* keys, const E* values, const float* q, int64_t columns, int64_t headDim,
                     int64_t count, float* scores) noexcept {
        const auto keyAt = [=](int64_t j) { return keys + (j < count ? j : count - 1) * headDim; };
        for (int64_t j = 0; j < count; j += kLanes) {
            prefetch(keyAt(j) + kBlock * headDim, kLanes * headDim);
            prefetch(values + j * headDim, kLanes * headDim);
            Vector sums[kLanes];
            if constexpr (Heads == 1) {
                const E* key[kLanes];
                for (int64_t i = 0; i < kLanes; ++i)
                    key[i] = keyAt(j + i);
                dotTile<E, 1, int(kLanes), 1>(key, q, columns, headDim, sums);
                V::store(scores + j, V::sumEach(sums));
            } else {
                Vector quarter[4];
                for (int64_t part = 0; part < 4; ++part) {
                    const E* key[kLanes / 4];
                    for (int64_t i = 0; i < kLanes / 4; ++i)
                        key[i] = keyAt(j + part + 4 * i);
                    dotTile<E, Heads, int(kLanes / 4), 4>(key, q, columns, headDim, sums);
                    quarter[part] = V::sumEach(sums);
                }
                V::transposeQuads(quarter);
                for (int h = 0; h < Heads; ++h)
                    V::store(scores + h * kBlock + j, quarter[h]);
            }
        }
    }

    /// out[h, :] = out[h, :] * shrink[h] + weights[h, :] * values, where the block is summed by itself so
    /// that long contexts lose nothing, `Vectors` vectors wide; the last may be partly used.
    template <class E, int Heads, int Vectors, bool Tail>
    static inline void addValues(const E* values, int64_t headDim, int64_t left, int64_t count,
                                 const float* weights, const float* shrink, float* out,
                                 int64_t columns) noexcept {
        Vector acc[Heads][Vectors];
        for (int h = 0; h < Heads; ++h)
            for (int i = 0; i < Vectors; ++i)
                acc[h][i] = V::zero();
        for (int64_t j = 0; j < count; ++j) {
            Vector line[Vectors];
            for (int i = 0; i < Vectors; ++i)
                line[i] = Tail ? V::loadFirst(values + j * headDim + i * kLanes, left)
                               : V::load(values + j * headDim + i * kLanes);
            for (int h = 0; h < Heads; ++h) {
                const Vector weight = V::broadcast(weights[h * kBlock + j]);
                for (int i = 0; i < Vectors; ++i)
                    acc[h][i] = V::fma(weight, line[i], acc[h][i]);
            }
        }
        for (int h = 0; h < Heads; ++h)
            for (int i = 0; i < Vectors; ++i) {
                float* to = out + h * columns + i * kLanes;
                V::store(to, V::fma(V::load(to), V::broadcast(shrink[h]), acc[h][i]));
            }
    }

    /// As many vectors at a time as keep the multipliers busy and fit the registers beside the weights.
    template <class E, int Heads>
    static void allValues(const E* values, int64_t headDim, int64_t count, const float* weights,
                          const float* shrink, float* out, int64_t columns) noexcept {
        constexpr int kMost = (kLanes > 8 ? 16 : 8) / (Heads == 3 ? 4 : Heads);
        int64_t d = 0;
        for (; d + kMost * kLanes <= headDim; d += kMost * kLanes)
            addValues<E, Heads, kMost, false>(values + d, headDim, 0, count, weights, shrink, out + d,
                                              columns);
        for (; d + kLanes <= headDim; d += kLanes)
            addValues<E, Heads, 1, false>(values + d, headDim, 0, count, weights, shrink, out + d, columns);
        if (d < headDim)
            addValues<E, Heads, 1, true>(values + d, headDim, headDim - d, count, weights, shrink, out + d,
                                         columns);
    }

    /// c[h, 32 lanes] = c * shrink[h] + bias[h] + a[h, :] * codes, where a row r of `a` is already divided by
    /// 4^(r % 8).
    template <int Heads>
    static void multiplyCodes(const kivi2::Tile& tile, const float* a, int64_t lda, const float* bias,
                              const float* shrink, float* c, int64_t ldc) noexcept {
        constexpr int kVectors = 2;
        for (int64_t lane = 0; lane < kivi2::kGroup; lane += kVectors * kLanes) {
            Vector acc[Heads][kVectors];
            for (int h = 0; h < Heads; ++h)
                for (int i = 0; i < kVectors; ++i)
                    acc[h][i] = V::broadcast(bias[h]);
            for (int64_t row = 0; row < tile.rows; row += 8) {
                typename V::Words words[kVectors];
                for (int i = 0; i < kVectors; ++i)
                    words[i] =
                        V::shifted(V::loadWords(tile.words + row / 16 * kivi2::kGroup + lane + i * kLanes),
                                   2 * static_cast<int>(row % 16));
                for (int k = 0; k < 8; ++k) {
                    Vector code[kVectors];
                    for (int i = 0; i < kVectors; ++i)
                        code[i] = V::masked(words[i], 3U << 2 * k);
                    for (int h = 0; h < Heads; ++h) {
                        const Vector factor = V::broadcast(a[h * lda + row + k]);
                        for (int i = 0; i < kVectors; ++i)
                            acc[h][i] = V::fma(factor, code[i], acc[h][i]);
                    }
                }
            }
            for (int h = 0; h < Heads; ++h)
                for (int i = 0; i < kVectors; ++i) {
                    float* to = c + h * ldc + lane + i * kLanes;
                    V::store(to, V::fma(V::load(to), V::broadcast(shrink[h]), acc[h][i]));
                }
        }
    }

    /// factors[h, r] = x[h, r] * scale[r] / 4^(r % 8); bias[h] = x[h, :] * min.
    template <int Heads>
    static void factorsOf(const kivi2::Tile& tile, const float* x, int64_t ldx, float* factors,
                          float (&bias)[Heads], int64_t ldf) noexcept {
        alignas(64) static constexpr float kPowers[16] = {
            1.0F, 0x1p-2F, 0x1p-4F, 0x1p-6F, 0x1p-8F, 0x1p-10F, 0x1p-12F, 0x1p-14F,
            1.0F, 0x1p-2F, 0x1p-4F, 0x1p-6F, 0x1p-8F, 0x1p-10F, 0x1p-12F, 0x1p-14F};
        Vector sums[Heads];
        for (int h = 0; h < Heads; ++h)
            sums[h] = V::zero();
        for (int64_t r = 0; r < tile.rows; r += kLanes) {
            const Vector scale = V::mul(V::loadHalf(tile.scale + r), V::load(kPowers));
            const Vector min = V::loadHalf(tile.min + r);
            for (int h = 0; h < Heads; ++h) {
                const Vector value = V::load(x + h * ldx + r);
                V::store(factors + h * ldf + r, V::mul(value, scale));
                sums[h] = V::fma(value, min, sums[h]);
            }
        }
        for (int h = 0; h < Heads; ++h)
            bias[h] = V::sumOf(sums[h]);
    }

    static void multiplyRow(float* row, const float* by, int64_t count) noexcept {
        for (int64_t j = 0; j < count; j += kLanes)
            V::store(row + j, V::mul(V::load(row + j), V::loadFirst(by + j, count - j)));
    }

    template <int Heads>
    static void keysOf(const Work& w, const Block& block, const float* q, int64_t keys) noexcept {
        const Segment& s = *block.segment;
        const int64_t headDim = w.problem->headDim;
        switch (s.type) {
            case KvType::f32:
                return dots<float, Heads>(Widen<V>::template at<float>(s.k, block, headDim),
                                          Widen<V>::template at<float>(s.v, block, headDim), q, w.columns,
                                          headDim, keys, w.scores);
            case KvType::bf16:
                return dots<uint16_t, Heads>(Widen<V>::template at<uint16_t>(s.k, block, headDim),
                                             Widen<V>::template at<uint16_t>(s.v, block, headDim), q,
                                             w.columns, headDim, keys, w.scores);
            case KvType::int8:
                dots<int8_t, Heads>(Widen<V>::template at<int8_t>(s.k, block, headDim),
                                    Widen<V>::template at<int8_t>(s.v, block, headDim), q, w.columns, headDim,
                                    keys, w.scores);
                for (int h = 0; h < Heads; ++h)
                    multiplyRow(w.scores + h * kBlock, s.kScale + block.row, keys);
                return;
            case KvType::kivi2: {
                const float none[Heads] = {};
                for (int h = 0; h < Heads; ++h)
                    for (int64_t j = 0; j < kBlock; j += kLanes)
                        V::store(w.scores + h * kBlock + j, V::zero());
                for (int64_t j = 0; j < keys; j += kivi2::kGroup) {
                    const auto tile = kivi2::keyTile(s.k, headDim, (block.row + j) / kivi2::kGroup);
                    float bias[Heads];
                    factorsOf<Heads>(tile, q, w.columns, w.factors, bias, w.columns);
                    multiplyCodes<Heads>(tile, w.factors, w.columns, bias, none, w.scores + j, kBlock);
                }
            }
        }
    }

    template <int Heads>
    static void valuesOf(const Work& w, const Block& block, const float (&shrink)[Heads], float* out,
                         int64_t keys) noexcept {
        const Segment& s = *block.segment;
        const int64_t headDim = w.problem->headDim;
        switch (s.type) {
            case KvType::f32:
                return allValues<float, Heads>(Widen<V>::template at<float>(s.v, block, headDim), headDim,
                                               keys, w.scores, shrink, out, w.columns);
            case KvType::bf16:
                return allValues<uint16_t, Heads>(Widen<V>::template at<uint16_t>(s.v, block, headDim),
                                                  headDim, keys, w.scores, shrink, out, w.columns);
            case KvType::int8:
                for (int h = 0; h < Heads; ++h)
                    multiplyRow(w.scores + h * kBlock, s.vScale + block.row, keys);
                return allValues<int8_t, Heads>(Widen<V>::template at<int8_t>(s.v, block, headDim), headDim,
                                                keys, w.scores, shrink, out, w.columns);
            case KvType::kivi2: {
                float keep[Heads];
                for (int64_t j = 0; j < keys; j += kivi2::kGroup) {
                    for (int h = 0; h < Heads; ++h)
                        keep[h] = j == 0 ? shrink[h] : 1.0F;
                    for (int64_t t = 0; t < kivi2::valueTiles(headDim); ++t) {
                        const auto tile = kivi2::valueTile(s.v, headDim, (block.row + j) / kivi2::kGroup, t);
                        float bias[Heads];
                        factorsOf<Heads>(tile, w.scores + j, kBlock, w.factors, bias, w.columns);
                        multiplyCodes<Heads>(tile, w.factors, w.columns, bias, keep, out + t * kivi2::kGroup,
                                             w.columns);
                    }
                }
            }
        }
    }

    /// Queries first .. first + Heads - 1, which see the first `keys` keys of the block.
    template <int Heads>
    static void visit(const Work& w, const Block& block, int64_t first, int64_t keys) noexcept {
        float shrink[Heads];
        keysOf<Heads>(w, block, w.q + first * w.columns, keys);
        const int64_t padded = roundUp(keys, kLanes);
        for (int h = 0; h < Heads; ++h)
            shrink[h] = Blockwise<V>::softmax(w.scores + h * kBlock, keys, padded, w.largest[first + h],
                                              w.sum[first + h]);
        valuesOf<Heads>(w, block, shrink, w.out + first * w.columns, keys);
    }

    static void visitAll(const Work& w, const Block& block, int64_t first, int64_t end,
                         int64_t keys) noexcept {
        for (; end - first >= kHeads; first += kHeads)
            visit<kHeads>(w, block, first, keys);
        switch (end - first) {
            case 3:
                return visit<3>(w, block, first, keys);
            case 2:
                return visit<2>(w, block, first, keys);
            case 1:
                return visit<1>(w, block, first, keys);
            default:
                return;
        }
    }

    static void run(const Problem& p, int64_t kvHead, int64_t positionBegin, int64_t positionEnd,
                    float* partial, void* scratch) noexcept {
        const Work w = workOf(p, kvHead, partial, scratch);
        begin(w);
        for (int64_t position = positionBegin; position < positionEnd; position += kBlock) {
            const int64_t keys = positionEnd - position < kBlock ? positionEnd - position : kBlock;
            const Block block = blockAt(p, kvHead, position);
            for (int64_t t = 0; t < p.tokens; ++t) {
                const int64_t seen = p.position0 + t + 1 - position;
                if (seen > 0)
                    visitAll(w, block, t * w.group, (t + 1) * w.group, seen < keys ? seen : keys);
            }
        }
    }

    static void merge(const Problem& p, int64_t kvHead, const float* partials, int64_t count,
                      int64_t stride) noexcept {
        const int64_t group = p.nHeads / p.nKvHeads;
        const int64_t queries = p.tokens * group;
        const int64_t columns = roundUp(p.headDim, kColumns);
        const int64_t sums = roundUp(queries, 16);
        for (int64_t r = 0; r < queries; ++r) {
            float largest = -__builtin_inff();
            for (int64_t c = 0; c < count; ++c) {
                const float own = partials[c * stride + r];
                largest = own > largest ? own : largest;
            }
            const auto weightOf = [=](int64_t c) {
                return V::exp(V::broadcast(partials[c * stride + r] - largest));
            };
            Vector sum = V::zero();
            for (int64_t c = 0; c < count; ++c)
                sum = V::fma(weightOf(c), V::broadcast(partials[c * stride + sums + r]), sum);
            float total[kLanes];
            V::store(total, sum);
            const Vector factor = V::broadcast(1.0F / total[0]);
            float* out = p.out + r / group * p.ldo + (kvHead * group + r % group) * p.headDim;
            for (int64_t d = 0; d < p.headDim; d += kLanes) {
                Vector value = V::zero();
                for (int64_t c = 0; c < count; ++c)
                    value = V::fma(weightOf(c), V::load(partials + c * stride + 2 * sums + r * columns + d),
                                   value);
                V::storeFirst(out + d, V::mul(value, factor), p.headDim - d);
            }
        }
    }
};

}  // namespace kernels::attention
