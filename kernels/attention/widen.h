#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/attention/attention.h"
#include "kernels/attention/kivi2.h"

// A block of keys and values of any cache type as f32, for any vector width: keys transposed, values as they
// lie.
//
// V is a type in an unnamed namespace of the including file, so that everything instantiated here stays in
// that file:
//   Vector: kLanes f32; Words: as many u32
//   load(const E*), loadFirst(const E*, count): E is float, uint16_t (BF16) or int8_t; lanes beyond count are
//   0; loadHalf(const uint16_t*): IEEE half; loadPairs(const uint16_t*, count): 2 kLanes BF16 numbers, pairs
//   in 32-bit lanes; evenOf, oddOf(Vector): one of each pair as f32; loadWords(const uint32_t*);
//   shifted(Words, bits): right; masked(Words, mask): as f32
//   store(float*, Vector), storeFirst(float*, Vector, count), zero(), broadcast(float), mul, add, max,
//   fma(a, b, c) = a*b + c, exp, sumOf(Vector), largestOf(Vector), keepFirst(Vector, count): -inf beyond
//   transpose(Vector (&)[kLanes]); transposeQuads(Vector (&)[4]): 4 x 4 inside every four lanes;
//   sumEach(Vector (&)[kLanes]): lane i has the sum of vector i
//   kRows x kVectors accumulators of a product, with kVectors weights and one broadcast, fill the registers
namespace kernels::attention {

/// A block of positions that lies in one segment.
struct Block {
    const Segment* segment;
    int64_t row;  // kv head times capacity plus position in the segment
};

static inline Block blockAt(const Problem& p, int64_t kvHead, int64_t position) noexcept {
    const bool past = position < p.recentBegin;
    const Segment& s = past ? p.past : p.recent;
    return {&s, kvHead * s.capacity + position - (past ? 0 : p.recentBegin)};
}

template <class V>
struct Widen {
    using Vector = typename V::Vector;
    static constexpr int64_t kLanes = V::kLanes;

    /// [channels, kBlock] of `keys` keys, padded to whole vectors by repeating the last one.
    static void keys(const Block& block, int64_t headDim, int64_t keys, float* out) noexcept {
        const Segment& s = *block.segment;
        switch (s.type) {
            case KvType::f32:
                return transpose(at<float>(s.k, block, headDim), nullptr, headDim, keys, out);
            case KvType::bf16:
                return transposePairs(at<uint16_t>(s.k, block, headDim), headDim, keys, out);
            case KvType::int8:
                return transpose(at<int8_t>(s.k, block, headDim), s.kScale + block.row, headDim, keys, out);
            case KvType::kivi2:
                for (int64_t j = 0; j < keys; j += kivi2::kGroup)
                    dequantize(kivi2::keyTile(s.k, headDim, (block.row + j) / kivi2::kGroup),
                               kivi2::keyRows(headDim), out + j, kBlock);
        }
    }

    /// [keys, columns], zeros beyond headDim up to whole vectors.
    static void values(const Block& block, int64_t headDim, int64_t keys, float* out,
                       int64_t columns) noexcept {
        const Segment& s = *block.segment;
        switch (s.type) {
            case KvType::f32:
                return widen(at<float>(s.v, block, headDim), nullptr, headDim, keys, out, columns);
            case KvType::bf16:
                return widen(at<uint16_t>(s.v, block, headDim), nullptr, headDim, keys, out, columns);
            case KvType::int8:
                return widen(at<int8_t>(s.v, block, headDim), s.vScale + block.row, headDim, keys, out,
                             columns);
            case KvType::kivi2:
                for (int64_t j = 0; j < keys; j += kivi2::kGroup)
                    for (int64_t tile = 0; tile < kivi2::valueTiles(headDim); ++tile)
                        dequantize(kivi2::valueTile(s.v, headDim, (block.row + j) / kivi2::kGroup, tile),
                                   keys - j, out + j * columns + tile * kivi2::kGroup, columns);
        }
    }

    template <class E>
    static const E* at(const void* base, const Block& block, int64_t headDim) noexcept {
        return static_cast<const E*>(base) + block.row * headDim;
    }

private:
    template <class E>
    static void transpose(const E* from, const float* scale, int64_t headDim, int64_t keys,
                          float* out) noexcept {
        for (int64_t j = 0; j < keys; j += kLanes)
            for (int64_t d = 0; d < headDim; d += kLanes) {
                Vector lines[kLanes];
                for (int64_t l = 0; l < kLanes; ++l) {
                    const int64_t key = j + l < keys ? j + l : keys - 1;
                    lines[l] = V::loadFirst(from + key * headDim + d, headDim - d);
                    if (scale != nullptr)
                        lines[l] = V::mul(lines[l], V::broadcast(scale[key]));
                }
                V::transpose(lines);
                for (int64_t l = 0; l < kLanes; ++l)
                    V::store(out + (d + l) * kBlock + j, lines[l]);
            }
    }

    /// BF16 keys are transposed as pairs, which halves the shuffles.
    static void transposePairs(const uint16_t* from, int64_t headDim, int64_t keys, float* out) noexcept {
        for (int64_t j = 0; j < keys; j += kLanes)
            for (int64_t d = 0; d < headDim; d += 2 * kLanes) {
                Vector lines[kLanes];
                for (int64_t l = 0; l < kLanes; ++l)
                    lines[l] =
                        V::loadPairs(from + (j + l < keys ? j + l : keys - 1) * headDim + d, headDim - d);
                V::transpose(lines);
                for (int64_t l = 0; l < kLanes; ++l) {
                    V::store(out + (d + 2 * l) * kBlock + j, V::evenOf(lines[l]));
                    V::store(out + (d + 2 * l + 1) * kBlock + j, V::oddOf(lines[l]));
                }
            }
    }

    template <class E>
    static void widen(const E* from, const float* scale, int64_t headDim, int64_t keys, float* out,
                      int64_t columns) noexcept {
        for (int64_t j = 0; j < keys; ++j)
            for (int64_t d = 0; d < headDim; d += kLanes) {
                const Vector value = V::loadFirst(from + j * headDim + d, headDim - d);
                V::store(out + j * columns + d,
                         scale == nullptr ? value : V::mul(value, V::broadcast(scale[j])));
            }
    }

    /// The first `rows` rows of a tile, ldo floats apart.
    static void dequantize(const kivi2::Tile& tile, int64_t rows, float* out, int64_t ldo) noexcept {
        float scale[16];
        float min[16];
        for (int64_t row = 0; row < tile.rows && row < rows; row += 16) {
            for (int64_t i = 0; i < 16; i += kLanes) {
                V::store(scale + i, V::loadHalf(tile.scale + row + i));
                V::store(min + i, V::loadHalf(tile.min + row + i));
            }
            for (int64_t lane = 0; lane < kivi2::kGroup; lane += kLanes) {
                const auto words = V::loadWords(tile.words + row / 16 * kivi2::kGroup + lane);
                for (int i = 0; i < 16 && row + i < rows; ++i)
                    V::store(out + (row + i) * ldo + lane,
                             V::fma(V::broadcast(scale[i]), V::masked(V::shifted(words, 2 * i), 3U),
                                    V::broadcast(min[i])));
            }
        }
    }
};

}  // namespace kernels::attention
