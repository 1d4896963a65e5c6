#pragma once

#include <arm_neon.h>

#include "kernels/base/lanes_neon.h"
#include "kernels/matmul_int4/layout.h"
#include "kernels/matmul_int4/matmul_int4.h"

// The product with 4 rows to a 128-bit register, 4 registers to a line. `Dot` is a type in an unnamed
// namespace of the including file, so that everything instantiated here stays in that file: Sums for 4 rows
// and a group of 32 columns; add<Lane>(sums, nibbles, q) adds the products of four columns, whose activations
// are lane `Lane` of q; total(sums) gives the 4 sums as int32.
namespace kernels::matmul_int4 {

/// 4 scales of a tile, from row 4 * quarter on.
template <ScaleType Type>
static inline float32x4_t loadScalesNeon(const uint8_t* scales, int64_t quarter) noexcept {
    if constexpr (Type == ScaleType::f16)
        return vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(scales + 8 * quarter)));
    else
        return vreinterpretq_f32_u8(vld1q_u8(scales + 16 * quarter));
}

template <class Dot>
struct TilesNeon {
    using Sums = typename Dot::Sums;
    static constexpr int kTokens = 4;
    // Activations of so many tokens stay in the L2 cache while every tile passes over them.
    static constexpr int64_t kTokenChunk = 32 * kTokens;

    static size_t scratchBytes(int64_t, int64_t) noexcept { return 0; }

    /// 32 activations of each token of a block.
    template <int Tokens>
    struct Activations {
        int8x16_t first[Tokens];
        int8x16_t second[Tokens];
    };

    /// Line `Lane` of a group, from its first register on.
    template <int Lane, int Quarters, int Tokens>
    static inline void addLine(Sums (&sums)[Quarters][Tokens], const uint8_t* line,
                               const Activations<Tokens>& q) noexcept {
        for (int i = 0; i < Quarters; ++i) {
            const uint8x16_t packed = vld1q_u8(line + 16 * i);
            const int8x16_t low = vreinterpretq_s8_u8(vandq_u8(packed, vdupq_n_u8(15)));
            const int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(packed, 4));
            for (int t = 0; t < Tokens; ++t) {
                Dot::template add<Lane>(sums[i][t], low, q.first[t]);
                Dot::template add<Lane>(sums[i][t], high, q.second[t]);
            }
        }
    }

    /// Rows 4 * quarter .. 4 * (quarter + Quarters) - 1 of a tile for `Tokens` tokens from `token` on.
    template <ScaleType Type, int Quarters, int Tokens>
    static inline void block(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t quarter,
                             int64_t token, float* y, int64_t ldy) noexcept {
        const int64_t groups = groupsOf(w.cols);
        const int64_t xGroups = x.ld / kGroupSize;
        const auto* packed =
            static_cast<const uint8_t*>(w.packed) + static_cast<size_t>(tile) * tileBytesOf(Type, w.cols);
        float32x4_t sums[Quarters][Tokens];
        for (int i = 0; i < Quarters; ++i)
            for (int t = 0; t < Tokens; ++t)
                sums[i][t] = vdupq_n_f32(0.0F);
        for (int64_t g = 0; g < groups; ++g) {
            const uint8_t* lines = groupLines(packed, Type, g) + 16 * quarter;
            const uint8_t* scales = groupScales(packed, Type, g);
            Activations<Tokens> q;
            Sums dots[Quarters][Tokens];
            for (int t = 0; t < Tokens; ++t) {
                const int8_t* from = x.q + (token + t) * x.ld + g * kGroupSize;
                q.first[t] = vld1q_s8(from);
                q.second[t] = vld1q_s8(from + 16);
                for (int i = 0; i < Quarters; ++i)
                    dots[i][t] = Dot::zero();
            }
            addLine<0, Quarters, Tokens>(dots, lines, q);
            addLine<1, Quarters, Tokens>(dots, lines + 64, q);
            addLine<2, Quarters, Tokens>(dots, lines + 128, q);
            addLine<3, Quarters, Tokens>(dots, lines + 192, q);
            for (int t = 0; t < Tokens; ++t) {
                // The nibbles are stored plus 8.
                const int32x4_t correction = vdupq_n_s32(-8 * x.groupSums[(token + t) * xGroups + g]);
                for (int i = 0; i < Quarters; ++i)
                    sums[i][t] =
                        vfmaq_f32(sums[i][t], vcvtq_f32_s32(vaddq_s32(Dot::total(dots[i][t]), correction)),
                                  loadScalesNeon<Type>(scales, quarter + i));
            }
        }
        const float* rowSums = tileRowSums(packed, Type, w.cols) + 4 * quarter;
        const int64_t row = tile * kTileRows + 4 * quarter;
        for (int i = 0; i < Quarters; ++i)
            for (int t = 0; t < Tokens; ++t) {
                const float32x4_t value = vfmsq_n_f32(sums[i][t], vld1q_f32(rowSums + 4 * i),
                                                      static_cast<float>(x.zeroPoint[token + t]));
                storeFirstNeon(y + (token + t) * ldy + row + 4 * i, vmulq_n_f32(value, x.scale[token + t]),
                               w.rows - row - 4 * i);
            }
    }

    /// Whole tiles for one or two tokens; half tiles for three or four, whose sums fill the registers.
    template <ScaleType Type>
    static inline void blockOf(const Weights& w, const QuantizedRows& x, int64_t tile, int64_t token,
                               int64_t tokens, float* y, int64_t ldy) noexcept {
        if (tokens == 1)
            return block<Type, 4, 1>(w, x, tile, 0, token, y, ldy);
        if (tokens == 2)
            return block<Type, 4, 2>(w, x, tile, 0, token, y, ldy);
        for (int64_t quarter = 0; quarter < 4; quarter += 2)
            if (tokens == 3)
                block<Type, 2, 3>(w, x, tile, quarter, token, y, ldy);
            else
                block<Type, 2, 4>(w, x, tile, quarter, token, y, ldy);
    }

    template <ScaleType Type>
    static void runTiles(const Weights& w, const QuantizedRows& x, int64_t tileBegin, int64_t tileEnd,
                         float* y, int64_t ldy) noexcept {
        for (int64_t chunk = 0; chunk < x.tokens; chunk += kTokenChunk) {
            const int64_t end = chunk + kTokenChunk < x.tokens ? chunk + kTokenChunk : x.tokens;
            for (int64_t tile = tileBegin; tile < tileEnd; ++tile)
                for (int64_t token = chunk; token < end; token += kTokens)
                    blockOf<Type>(w, x, tile, token, end - token < kTokens ? end - token : kTokens, y, ldy);
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
