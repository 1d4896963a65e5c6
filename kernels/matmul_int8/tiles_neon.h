#pragma once

#include <arm_neon.h>

#include "kernels/base/lanes_neon.h"
#include "kernels/matmul_int8/layout.h"
#include "kernels/matmul_int8/matmul_int8.h"

// The product with 4 rows to a 128-bit register, 4 registers to a line. `Dot` is a type in an unnamed
// namespace of the including file, so that everything instantiated here stays in that file: Sums for 4 rows;
// add<Lane>(sums, weights, q) adds the products of four columns, whose activations are lane `Lane` of q;
// total(sums) gives the 4 sums as int32; kQuarters registers of a line fill the registers with 4 tokens.
namespace kernels::matmul_int8 {

/// The outputs of rows row .. row + 3 for one token, from their exact dot products.
static inline void storeOutputsNeon(const Weights& w, const QuantizedRows& x, int64_t token, int64_t row,
                                    int32x4_t dots, float* y, int64_t ldy) noexcept {
    if (row >= w.rows)
        return;
    // rowSums and scales are padded to whole tiles.
    const int32x4_t exact = vmlsq_n_s32(dots, vld1q_s32(w.rowSums + row), x.zeroPoint[token]);
    const float32x4_t scale = vmulq_n_f32(vld1q_f32(w.scales + row), x.scale[token]);
    storeFirstNeon(y + token * ldy + row, vmulq_f32(vcvtq_f32_s32(exact), scale), w.rows - row);
}

template <class Dot>
struct TilesNeon {
    using Sums = typename Dot::Sums;
    static constexpr int kTokens = 4;
    static constexpr int64_t kTokenChunk = 32 * kTokens;

    static size_t scratchBytes(int64_t, int64_t) noexcept { return 0; }

    template <int Lane, int Quarters, int Tokens>
    static inline void addLine(Sums (&sums)[Quarters][Tokens], const int8_t* line,
                               const int8x16_t (&q)[Tokens]) noexcept {
        for (int i = 0; i < Quarters; ++i) {
            const int8x16_t weights = vld1q_s8(line + 16 * i);
            for (int t = 0; t < Tokens; ++t)
                Dot::template add<Lane>(sums[i][t], weights, q[t]);
        }
    }

    /// Rows 4 * quarter .. 4 * (quarter + Quarters) - 1 of a tile for `Tokens` tokens from `token` on.
    template <int Quarters, int Tokens>
    static inline void block(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t quarter,
                             int64_t token, float* y, int64_t ldy) noexcept {
        const auto* line = static_cast<const int8_t*>(w.packed) +
                           static_cast<size_t>(tile) * tileBytesOf(w.cols) + 16 * quarter;
        const int8_t* from = x.q + token * x.ld;
        Sums sums[Quarters][Tokens];
        for (int i = 0; i < Quarters; ++i)
            for (int t = 0; t < Tokens; ++t)
                sums[i][t] = Dot::zero();
        const int64_t count = linesOf(w.cols);
        int8x16_t q[Tokens];
        // Rows of activations are padded to 64 columns, so that the last four lines may be fewer.
        for (int64_t k = 0; k < count; k += 4, line += 256, from += 16) {
            for (int t = 0; t < Tokens; ++t)
                q[t] = vld1q_s8(from + t * x.ld);
            addLine<0, Quarters, Tokens>(sums, line, q);
            if (k + 1 < count)
                addLine<1, Quarters, Tokens>(sums, line + 64, q);
            if (k + 2 < count)
                addLine<2, Quarters, Tokens>(sums, line + 128, q);
            if (k + 3 < count)
                addLine<3, Quarters, Tokens>(sums, line + 192, q);
        }
        for (int i = 0; i < Quarters; ++i)
            for (int t = 0; t < Tokens; ++t)
                storeOutputsNeon(w, x, token + t, tile * kTileRows + 4 * (quarter + i),
                                 Dot::total(sums[i][t]), y, ldy);
    }

    /// Whole tiles for one or two tokens; as much of a tile as fits the registers for three or four.
    static inline void blockOf(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t token,
                               int64_t tokens, float* y, int64_t ldy) noexcept {
        if (tokens == 1)
            return block<4, 1>(w, x, tile, 0, token, y, ldy);
        if (tokens == 2)
            return block<4, 2>(w, x, tile, 0, token, y, ldy);
        for (int64_t quarter = 0; quarter < 4; quarter += Dot::kQuarters)
            if (tokens == 3)
                block<Dot::kQuarters, 3>(w, x, tile, quarter, token, y, ldy);
            else
                block<Dot::kQuarters, 4>(w, x, tile, quarter, token, y, ldy);
    }

    static void run(const Weights& w, const QuantizedRows& x, int64_t tileBegin, int64_t tileEnd, float* y,
                    int64_t ldy, void*) noexcept {
        for (int64_t chunk = 0; chunk < x.tokens; chunk += kTokenChunk) {
            const int64_t end = chunk + kTokenChunk < x.tokens ? chunk + kTokenChunk : x.tokens;
            for (int64_t tile = tileBegin; tile < tileEnd; ++tile)
                for (int64_t token = chunk; token < end; token += kTokens)
                    blockOf(w, x, tile, token, end - token < kTokens ? end - token : kTokens, y, ldy);
        }
    }
};

}  // namespace kernels::matmul_int8
