#pragma once

#include <immintrin.h>

#include "kernels/matmul_int4/layout.h"
#include "kernels/matmul_int4/matmul_int4.h"

// The product with 8 rows to a 256-bit register. `Dot` is a type in an unnamed namespace of the including
// file, so that everything instantiated here stays in that file: add(acc, nibbles, activations) adds the
// products of four columns to every row, and total(acc) gives the 8 sums of a group of 32 columns as int32.
namespace kernels::matmul_int4 {

template <class Dot>
struct HalfTiles {
    // Activations of so many tokens stay in the L2 cache while every tile passes over them.
    static constexpr int64_t kTokenChunk = 32 * 4;
    static constexpr int64_t kHalfRows = 8;
    // A lone token is bound by memory: lines are asked for so many bytes before they are read.
    static constexpr int64_t kPrefetchBytes = 2048;

    static size_t scratchBytes(int64_t, int64_t) noexcept { return 0; }

    /// 8 scales of half a tile.
    template <ScaleType Type>
    static inline __m256 loadScales(const uint8_t* scales, int64_t half) noexcept {
        if constexpr (Type == ScaleType::f16)
            return _mm256_cvtph_ps(_mm_load_si128(reinterpret_cast<const __m128i*>(scales) + half));
        else
            return _mm256_load_ps(reinterpret_cast<const float*>(scales) + kHalfRows * half);
    }

    static inline __m256i broadcast(const int8_t* four) noexcept {
        int32_t word;
        memcpy(&word, four, 4);
        return _mm256_set1_epi32(word);
    }

    /// Rows 8*half .. 8*(half + Halves)-1 of a tile for `Tokens` tokens from `token` on.
    template <ScaleType Type, int Halves, int Tokens>
    static inline void block(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t firstHalf,
                             int64_t token, float* y, int64_t ldy) noexcept {
        const int64_t groups = groupsOf(w.cols);
        const int64_t xGroups = x.ld / kGroupSize;
        const auto* packed =
            static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * tileBytesOf(Type, w.cols);
        const __m256i low = _mm256_set1_epi8(15);
        __m256 sums[Halves][Tokens];
        for (int h = 0; h < Halves; ++h)
            for (int t = 0; t < Tokens; ++t)
                sums[h][t] = _mm256_setzero_ps();
        for (int64_t g = 0; g < groups; ++g) {
            const uint8_t* lines = groupLines(packed, Type, g) + 32 * firstHalf;
            const uint8_t* scales = groupScales(packed, Type, g);
            const int8_t* q = x.q + token * x.ld + g * kGroupSize;
            __m256i acc[Halves][Tokens];
            for (int h = 0; h < Halves; ++h)
                for (int t = 0; t < Tokens; ++t)
                    acc[h][t] = _mm256_setzero_si256();
#pragma GCC unroll 4
            for (int j = 0; j < 4; ++j) {
                if constexpr (Tokens == 1)
                    _mm_prefetch(lines + 64 * j + kPrefetchBytes, _MM_HINT_T0);
                __m256i first[Halves];
                __m256i second[Halves];
                for (int h = 0; h < Halves; ++h) {
                    const __m256i line =
                        _mm256_load_si256(reinterpret_cast<const __m256i*>(lines + 64 * j + 32 * h));
                    first[h] = _mm256_and_si256(line, low);
                    second[h] = _mm256_and_si256(_mm256_srli_epi16(line, 4), low);
                }
                for (int t = 0; t < Tokens; ++t) {
                    const __m256i a = broadcast(q + t * x.ld + 4 * j);
                    const __m256i b = broadcast(q + t * x.ld + 16 + 4 * j);
                    for (int h = 0; h < Halves; ++h) {
                        acc[h][t] = Dot::add(acc[h][t], first[h], a);
                        acc[h][t] = Dot::add(acc[h][t], second[h], b);
                    }
                }
            }
            for (int t = 0; t < Tokens; ++t) {
                const __m256i correction = _mm256_set1_epi32(-8 * x.groupSums[(token + t) * xGroups + g]);
                for (int h = 0; h < Halves; ++h) {
                    const __m256i dot = _mm256_add_epi32(Dot::total(acc[h][t]), correction);
                    sums[h][t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot),
                                                 loadScales<Type>(scales, firstHalf + h), sums[h][t]);
                }
            }
        }
        const float* rowSums = tileRowSums(packed, Type, w.cols);
        for (int h = 0; h < Halves; ++h) {
            const int64_t half = firstHalf + h;
            const int64_t row = tile * kTileRows + kHalfRows * half;
            const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
            const int64_t left = w.rows - row;
            const __m256i mask =
                _mm256_cmpgt_epi32(_mm256_set1_epi32(left < kHalfRows ? static_cast<int>(left) : 8), lane);
            for (int t = 0; t < Tokens; ++t) {
                const __m256 zeroPoint = _mm256_set1_ps(static_cast<float>(x.zeroPoint[token + t]));
                const __m256 value = _mm256_mul_ps(
                    _mm256_fnmadd_ps(zeroPoint, _mm256_load_ps(rowSums + kHalfRows * half), sums[h][t]),
                    _mm256_set1_ps(x.scale[token + t]));
                _mm256_maskstore_ps(y + (token + t) * ldy + row, mask, value);
            }
        }
    }

    /// Whole tiles for one or two tokens; half tiles for three or four, whose accumulators fill the
    /// registers.
    template <ScaleType Type>
    static inline void blockOf(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t token,
                               int64_t tokens, float* y, int64_t ldy) noexcept {
        if (tokens == 1)
            return block<Type, 2, 1>(w, x, tile, 0, token, y, ldy);
        if (tokens == 2)
            return block<Type, 2, 2>(w, x, tile, 0, token, y, ldy);
        for (int64_t half = 0; half < 2; ++half)
            if (tokens == 3)
                block<Type, 1, 3>(w, x, tile, half, token, y, ldy);
            else
                block<Type, 1, 4>(w, x, tile, half, token, y, ldy);
    }

    template <ScaleType Type>
    static void runTiles(const Weights& w, const QuantizedRows& x, int64_t tileBegin, int64_t tileEnd,
                         float* y, int64_t ldy) noexcept {
        for (int64_t chunk = 0; chunk < x.tokens; chunk += kTokenChunk) {
            const int64_t end = chunk + kTokenChunk < x.tokens ? chunk + kTokenChunk : x.tokens;
            for (int64_t tile = tileBegin; tile < tileEnd; ++tile)
                for (int64_t token = chunk; token < end; token += 4)
                    blockOf<Type>(w, x, tile, token, end - token < 4 ? end - token : 4, y, ldy);
        }
    }

    static void run(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd,
                    float* y, std::int64_t ldy, void*) noexcept {
        if (w.scales == ScaleType::f16)
            runTiles<ScaleType::f16>(w, x, tileBegin, tileEnd, y, ldy);
        else
            runTiles<ScaleType::f32>(w, x, tileBegin, tileEnd, y, ldy);
    }
};

}  // namespace kernels::matmul_int4
