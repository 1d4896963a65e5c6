#pragma once

#include <immintrin.h>

#include "kernels/matmul_int8/layout.h"
#include "kernels/matmul_int8/matmul_int8.h"

// The product with 8 rows to a 256-bit register. Weights are taken as unsigned bytes, w + 128; what that
// adds, 128 * sum q, is taken off at the end. `Dot` is a type in an unnamed namespace of the including file,
// so that everything instantiated here stays in that file: a Sums for 8 rows, add(sums, weights, activations)
// of four columns, and flush(sums), called at least every kFlushLines lines, after which sums.total is
// complete.
namespace kernels::matmul_int8 {

template <class Dot>
struct HalfTiles {
    using Sums = typename Dot::Sums;
    static constexpr int kTokens = 4;
    static constexpr int64_t kTokenChunk = 32 * kTokens;
    static constexpr int64_t kHalfRows = 8;
    static constexpr int64_t kFlushLines = 8;
    // A lone token is bound by memory: lines are asked for so many bytes before they are read.
    static constexpr int64_t kPrefetchBytes = 1024;

    static size_t scratchBytes(int64_t, int64_t) noexcept { return 0; }

    /// One line of one half, or of both halves of one or two tiles.
    template <int Halves, int Tokens>
    static inline void addLine(Sums (&sums)[Halves][Tokens], const uint8_t* line, size_t tileBytes,
                               const int8_t* q, int64_t ldq) noexcept {
        const __m256i flip = _mm256_set1_epi8(static_cast<char>(0x80));
        if constexpr (Tokens == 1)
            for (int h = 0; h < Halves; h += 2)
                _mm_prefetch(line + (h / 2) * tileBytes + kPrefetchBytes, _MM_HINT_T0);
        __m256i weights[Halves];
        for (int h = 0; h < Halves; ++h)
            weights[h] = _mm256_xor_si256(_mm256_load_si256(reinterpret_cast<const __m256i*>(
                                              line + (h / 2) * tileBytes + 32 * (h % 2))),
                                          flip);
        for (int t = 0; t < Tokens; ++t) {
            int32_t four;
            memcpy(&four, q + t * ldq, 4);
            const __m256i activations = _mm256_set1_epi32(four);
            for (int h = 0; h < Halves; ++h)
                Dot::add(sums[h][t], weights[h], activations);
        }
    }

    static inline int32_t rowSumOf(const QuantizedRows& x, int64_t token) noexcept {
        const int64_t groups = x.ld / kGroupSize;
        int32_t sum = 0;
        for (int64_t g = 0; g < groups; ++g)
            sum += x.groupSums[token * groups + g];
        return sum;
    }

    /// Rows 8*firstHalf .. 8*(firstHalf + Halves)-1 of a tile for `Tokens` tokens from `token` on.
    template <int Halves, int Tokens>
    static inline void block(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t firstHalf,
                             int64_t token, float* y, int64_t ldy) noexcept {
        const size_t tileBytes = tileBytesOf(w.cols);
        const auto* lines =
            static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * tileBytes + 32 * firstHalf;
        const int8_t* q = x.q + token * x.ld;
        Sums sums[Halves][Tokens] = {};
        const int64_t count = linesOf(w.cols);
        int64_t k = 0;
        for (; k + kFlushLines <= count; k += kFlushLines) {
#pragma GCC unroll 8
            for (int j = 0; j < kFlushLines; ++j)
                addLine<Halves, Tokens>(sums, lines + (k + j) * 64, tileBytes, q + 4 * (k + j), x.ld);
            for (int h = 0; h < Halves; ++h)
                for (int t = 0; t < Tokens; ++t)
                    Dot::flush(sums[h][t]);
        }
        for (; k < count; ++k)
            addLine<Halves, Tokens>(sums, lines + k * 64, tileBytes, q + 4 * k, x.ld);
        for (int h = 0; h < Halves; ++h)
            for (int t = 0; t < Tokens; ++t)
                Dot::flush(sums[h][t]);

        for (int h = 0; h < Halves; ++h) {
            const int64_t row = tile * kTileRows + kHalfRows * (firstHalf + h);
            const int64_t left = w.rows - row;
            const __m256i mask =
                _mm256_cmpgt_epi32(_mm256_set1_epi32(left < kHalfRows ? static_cast<int>(left) : 8),
                                   _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
            const __m256i rowSums = _mm256_maskload_epi32(w.rowSums + row, mask);
            const __m256 scales = _mm256_maskload_ps(w.scales + row, mask);
            for (int t = 0; t < Tokens; ++t) {
                const __m256i shifted =
                    _mm256_sub_epi32(sums[h][t].total, _mm256_set1_epi32(128 * rowSumOf(x, token + t)));
                const __m256i exact = _mm256_sub_epi32(
                    shifted, _mm256_mullo_epi32(_mm256_set1_epi32(x.zeroPoint[token + t]), rowSums));
                const __m256 scale = _mm256_mul_ps(scales, _mm256_set1_ps(x.scale[token + t]));
                _mm256_maskstore_ps(y + (token + t) * ldy + row, mask,
                                    _mm256_mul_ps(_mm256_cvtepi32_ps(exact), scale));
            }
        }
    }

    /// Whole tiles for one or two tokens; half tiles for three or four, whose sums fill the registers.
    static inline void blockOf(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t token,
                               int64_t tokens, float* y, int64_t ldy) noexcept {
        if (tokens == 1)
            return block<2, 1>(w, x, tile, 0, token, y, ldy);
        if (tokens == 2)
            return block<2, 2>(w, x, tile, 0, token, y, ldy);
        for (int64_t half = 0; half < 2; ++half)
            if (tokens == 3)
                block<1, 3>(w, x, tile, half, token, y, ldy);
            else
                block<1, 4>(w, x, tile, half, token, y, ldy);
    }

    static void run(const Weights& w, const QuantizedRows& x, int64_t tileBegin, int64_t tileEnd, float* y,
                    int64_t ldy, void*) noexcept {
        for (int64_t chunk = 0; chunk < x.tokens; chunk += kTokenChunk) {
            const int64_t end = chunk + kTokenChunk < x.tokens ? chunk + kTokenChunk : x.tokens;
            int64_t tile = tileBegin;
            if (x.tokens == 1)  // two streams keep more of the memory busy than one
                for (; tile + 2 <= tileEnd; tile += 2)
                    block<4, 1>(w, x, tile, 0, 0, y, ldy);
            for (; tile < tileEnd; ++tile)
                for (int64_t token = chunk; token < end; token += kTokens)
                    blockOf(w, x, tile, token, end - token < kTokens ? end - token : kTokens, y, ldy);
        }
    }
};

}  // namespace kernels::matmul_int8
