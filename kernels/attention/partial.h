#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/attention/attention.h"
#include "kernels/attention/blockwise.h"
#include "kernels/attention/kivi2.h"
#include "kernels/attention/widen.h"

// Few queries over a range of positions, for any vector width, and the exact merging of such results. Keys
// and values are read once, as they lie in the cache, for all query heads that share them: the time is that
// of the memory. V is described in widen.h. Where V::kPairs, BF16 numbers are multiplied as they are, with
// queries and probabilities rounded to BF16, by
//   dotPairs(acc, a, b): acc plus both products of the pairs in each 32-bit lane; loadRaw(const uint16_t*): 2
//   kLanes BF16 numbers; storePairs(float*, Vector low, Vector high): rounded to BF16, in order;
//   interleaveLow, interleaveHigh(a, b): pairs of a and b, and separate(Vector& low, Vector& high), which
//   brings sums over them back in order
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
        float* q;         // [queries, columns], times scale
        float* qPairs;    // [queries, columns / 2], the same in BF16
        float* scores;    // [kHeads, kBlock]
        float* weights;   // [kHeads, kBlock / 2], the same in BF16
        float* factors;   // [kHeads, columns] kivi2: what codes are multiplied by
    };

    static size_t scratchBytes(int64_t nHeads, int64_t nKvHeads, int64_t headDim,
                               int64_t positions) noexcept {
        const int64_t group = nHeads / nKvHeads;
        const int64_t queries = group > kPartialQueries ? group : kPartialQueries;
        const int64_t columns = roundUp(headDim, kColumns);
        const int64_t numbers = queries * columns * 3 / 2 + kHeads * (columns + kBlock * 3 / 2);
        const size_t own = static_cast<size_t>(numbers) * sizeof(float);
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
        w.qPairs = w.q + w.queries * w.columns;
        w.scores = w.qPairs + w.queries * w.columns / 2;
        w.weights = w.scores + kHeads * kBlock;
        w.factors = w.weights + kHeads * kBlock / 2;
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
            if constexpr (V::kPairs)
                narrow(w.q + r * w.columns, w.columns, w.qPairs + r * w.columns / 2);
            w.largest[r] = -__builtin_inff();
            w.sum[r] = 0.0F;
        }
    }

    static inline void narrow(const float* from, int64_t count, float* pairs) noexcept {
        for (int64_t i = 0; i < count; i += 2 * kLanes)
            V::storePairs(pairs + i / 2, V::load(from + i), V::load(from + i + kLanes));
    }

    template <class E>
    static constexpr bool kPaired = V::kPairs && sizeof(E) == sizeof(uint16_t);

    template <class E>
    static inline Vector lineAt(const E* from) noexcept {
        if constexpr (kPaired<E>)
            return V::loadRaw(from);
        else
            return V::load(from);
    }
    template <class E>
    static inline Vector lineAt(const E* from, int64_t count) noexcept {
        if constexpr (kPaired<E>)
            return V::loadPairs(from, count);
        else
            return V::loadFirst(from, count);
    }
    template <class E>
    static inline Vector multiplyAdd(Vector a, Vector b, Vector c) noexcept {
        if constexpr (kPaired<E>)
            return V::dotPairs(c, a, b);
        else
            return V::fma(a, b, c);
    }

    template <class E>
    static inline void prefetch(const E* from, int64_t count) noexcept {
        constexpr int64_t kLine = 64 / sizeof(E);
        for (int64_t i = 0; i < count; i += kLine)
            __builtin_prefetch(from + i);
    }

    /// Sums of `Keys` keys times `Heads` queries over all channels, sums[key * stride + head].
    template <class E, int Heads, int Keys, int Stride>
    static inline void dotTile(const E* const (&key)[Keys], const float* q, int64_t ldq, int64_t headDim,
                               Vector (&sums)[kLanes]) noexcept {
        Vector acc[Keys][Heads];
        for (int i = 0; i < Keys; ++i)
            for (int h = 0; h < Heads; ++h)
                acc[i][h] = V::zero();
        constexpr int64_t kStep = kPaired<E> ? 2 : 1;  // numbers per lane
        int64_t d = 0;
        for (; d + kStep * kLanes <= headDim; d += kStep * kLanes) {
            Vector line[Keys];
            for (int i = 0; i < Keys; ++i)
                line[i] = lineAt(key[i] + d);
            for (int h = 0; h < Heads; ++h) {
                const Vector query = V::inRegister(V::load(q + h * ldq + d / kStep));
                for (int i = 0; i < Keys; ++i)
                    acc[i][h] = multiplyAdd<E>(line[i], query, acc[i][h]);
            }
        }
        if (d < headDim)
            for (int i = 0; i < Keys; ++i) {
                const Vector line = lineAt(key[i] + d, headDim - d);
                for (int h = 0; h < Heads; ++h)
                    acc[i][h] = multiplyAdd<E>(line, V::load(q + h * ldq + d / kStep), acc[i][h]);
            }
        for (int i = 0; i < Keys; ++i)
            for (int h = 0; h < Stride; ++h)
                sums[i * Stride + h] = h < Heads ? acc[i][h < Heads ? h : 0] : V::zero();
    }

    /// scores[h, j] for all keys, padded to whole vectors by repeating the last one.
    template <class E, int Heads>
    static void dots(const E* keys, const E* values, const float* q, int64_t ldq, int64_t headDim,
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
                dotTile<E, 1, int(kLanes), 1>(key, q, ldq, headDim, sums);
                V::store(scores + j, V::sumEach(sums));
            } else {
                Vector quarter[4];
                for (int64_t part = 0; part < 4; ++part) {
                    const E* key[kLanes / 4];
                    for (int64_t i = 0; i < kLanes / 4; ++i)
                        key[i] = keyAt(j + part + 4 * i);
                    dotTile<E, Heads, int(kLanes / 4), 4>(key, q, ldq, headDim, sums);
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

    /// addValues() of BF16 pairs: a weight pair meets two positions, `Blocks` times 2 kLanes channels.
    template <int Heads, int Blocks>
    static inline void addValuePairs(const uint16_t* values, int64_t headDim, int64_t left, int64_t count,
                                     const float* weights, const float* shrink, float* out,
                                     int64_t columns) noexcept {
        Vector low[Heads][Blocks];
        Vector high[Heads][Blocks];
        for (int h = 0; h < Heads; ++h)
            for (int i = 0; i < Blocks; ++i)
                low[h][i] = high[h][i] = V::zero();
        for (int64_t j = 0; j < count; j += 2) {
            const uint16_t* first = values + j * headDim;
            const uint16_t* second = j + 1 < count ? first + headDim : first;  // its weight is 0
            for (int i = 0; i < Blocks; ++i) {
                const Vector a = V::loadPairs(first + i * 2 * kLanes, left - i * 2 * kLanes);
                const Vector b = V::loadPairs(second + i * 2 * kLanes, left - i * 2 * kLanes);
                const Vector lowPairs = V::interleaveLow(a, b);
                const Vector highPairs = V::interleaveHigh(a, b);
                for (int h = 0; h < Heads; ++h) {
                    const Vector weight = V::broadcast(weights[(h * kBlock + j) / 2]);
                    low[h][i] = V::dotPairs(low[h][i], lowPairs, weight);
                    high[h][i] = V::dotPairs(high[h][i], highPairs, weight);
                }
            }
        }
        for (int h = 0; h < Heads; ++h)
            for (int i = 0; i < Blocks; ++i) {
                float* to = out + h * columns + i * 2 * kLanes;
                const Vector factor = V::broadcast(shrink[h]);
                V::separate(low[h][i], high[h][i]);
                V::store(to, V::fma(V::load(to), factor, low[h][i]));
                V::store(to + kLanes, V::fma(V::load(to + kLanes), factor, high[h][i]));
            }
    }

    template <int Heads>
    static void allValuePairs(const Work& w, const uint16_t* values, int64_t headDim, int64_t count,
                              const float* shrink, float* out) noexcept {
        for (int h = 0; h < Heads; ++h)
            narrow(w.scores + h * kBlock, roundUp(count, 2 * kLanes), w.weights + h * kBlock / 2);
        constexpr int64_t kWide = 4 * kLanes;
        int64_t d = 0;
        for (; d + kWide <= headDim; d += kWide)
            addValuePairs<Heads, 2>(values + d, headDim, kWide, count, w.weights, shrink, out + d, w.columns);
        for (; d < headDim; d += 2 * kLanes)
            addValuePairs<Heads, 1>(values + d, headDim, headDim - d, count, w.weights, shrink, out + d,
                                    w.columns);
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
            const Vector scale = V::mul(V::loadHalf(tile.scale + r), V::load(kPowers + r % 8));
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
    static void keysOf(const Work& w, const Block& block, int64_t first, int64_t keys) noexcept {
        const float* q = w.q + first * w.columns;
        const Segment& s = *block.segment;
        const int64_t headDim = w.problem->headDim;
        switch (s.type) {
            case KvType::f32:
                return dots<float, Heads>(Widen<V>::template at<float>(s.k, block, headDim),
                                          Widen<V>::template at<float>(s.v, block, headDim), q, w.columns,
                                          headDim, keys, w.scores);
            case KvType::bf16:
                return dots<uint16_t, Heads>(Widen<V>::template at<uint16_t>(s.k, block, headDim),
                                             Widen<V>::template at<uint16_t>(s.v, block, headDim),
                                             V::kPairs ? w.qPairs + first * w.columns / 2 : q,
                                             V::kPairs ? w.columns / 2 : w.columns, headDim, keys, w.scores);
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
                if constexpr (V::kPairs)
                    return allValuePairs<Heads>(w, Widen<V>::template at<uint16_t>(s.v, block, headDim),
                                                headDim, keys, shrink, out);
                else
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
        keysOf<Heads>(w, block, first, keys);
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
