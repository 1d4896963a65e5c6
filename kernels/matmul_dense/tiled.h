#pragma once

#include "kernels/matmul_dense/layout.h"

// Register-blocked product of f32 activations with lines of weights widened to f32, for any vector width. V
// is a type in an unnamed namespace of the including file, so that everything instantiated here stays in that
// file:
//   Vector, kLanes, kVectors (row vectors per block), kTokens (tokens per block), zero(), broadcast(float),
//   fma(a, b, c) = a*b + c, add(a, b), store(float*, Vector, lanes), f32(const void*), f16(const void*),
//   bf16Even(const void*), bf16Odd(const void*): one vector of rows from a line.
namespace kernels::matmul_dense {

/// Columns that one f32 sum takes before it is added to the total: a single running sum over 14336 columns
/// would lose more than the contract allows. Even, so that pairs stay together.
inline constexpr int64_t kPartColumns = 512;

template <class V>
struct Tiled {
    using Vector = typename V::Vector;
    static constexpr int64_t kLanes = V::kLanes;
    static constexpr int kVectors = V::kVectors;
    static constexpr int64_t kTokenChunk = 24 * V::kTokens;
    // A lone token has too few sums to hide the latency of adding to them: it takes two tiles at once.
    static constexpr int kLoneVectors = 2 * kTileRows / kLanes;
    static constexpr int64_t kPrefetchBytes = 4096;

    /// Where row vector i of the block starts.
    struct Rows {
        const char* lines[kLoneVectors];
        int64_t row;
        int64_t limit;  // rows of the matrix
    };

    template <int Vectors, int Tokens>
    static inline void block(const Weights& w, const Rows& rows, const float* x, int64_t ldx, float* y,
                             int64_t ldy) noexcept {
        Vector acc[Vectors][Tokens];
        Vector total[Vectors][Tokens];
        for (int i = 0; i < Vectors; ++i)
            for (int t = 0; t < Tokens; ++t)
                total[i][t] = V::zero();
        const auto step = [&](const Vector(&weights)[Vectors], int64_t k) {
            for (int t = 0; t < Tokens; ++t) {
                const Vector value = V::broadcast(x[t * ldx + k]);
                for (int i = 0; i < Vectors; ++i)
                    acc[i][t] = V::fma(weights[i], value, acc[i][t]);
            }
        };
        Vector weights[Vectors];
        for (int64_t part = 0; part < w.cols; part += kPartColumns) {
            const int64_t end = part + kPartColumns < w.cols ? part + kPartColumns : w.cols;
            for (int i = 0; i < Vectors; ++i)
                for (int t = 0; t < Tokens; ++t)
                    acc[i][t] = V::zero();
            if (w.type == WeightType::bf16) {
                for (int64_t k = part; k < end; k += 2) {
                    if constexpr (Tokens == 1)
                        prefetch<Vectors>(rows, k * 32);
                    for (int i = 0; i < Vectors; ++i)
                        weights[i] = V::bf16Even(rows.lines[i] + k * 32);
                    step(weights, k);
                    if (k + 1 == end)
                        break;
                    for (int i = 0; i < Vectors; ++i)
                        weights[i] = V::bf16Odd(rows.lines[i] + k * 32);
                    step(weights, k + 1);
                }
            } else if (w.type == WeightType::f32) {
                for (int64_t k = part; k < end; ++k) {
                    for (int i = 0; i < Vectors; ++i)
                        weights[i] = V::f32(rows.lines[i] + k * 64);
                    step(weights, k);
                }
            } else {
                for (int64_t k = part; k < end; ++k) {
                    for (int i = 0; i < Vectors; ++i)
                        weights[i] = V::f16(rows.lines[i] + k * 32);
                    step(weights, k);
                }
            }
            for (int i = 0; i < Vectors; ++i)
                for (int t = 0; t < Tokens; ++t)
                    total[i][t] = V::add(total[i][t], acc[i][t]);
        }
        for (int i = 0; i < Vectors; ++i)
            for (int t = 0; t < Tokens; ++t)
                V::store(y + t * ldy + rows.row + i * kLanes, total[i][t],
                         rows.limit - rows.row - i * kLanes);
    }

    /// The lines that lie kPrefetchBytes after those at `offset`, once per tile.
    template <int Vectors>
    static inline void prefetch(const Rows& rows, int64_t offset) noexcept {
        constexpr int kPerTile = static_cast<int>(kTileRows / kLanes);
        for (int i = 0; i < Vectors; i += kPerTile)
            __builtin_prefetch(rows.lines[i] + offset + kPrefetchBytes);
    }

    template <int Vectors, int Tokens>
    static inline void dispatch(int64_t tokens, const Weights& w, const Rows& rows, const float* x,
                                int64_t ldx, float* y, int64_t ldy) noexcept {
        if constexpr (Tokens > 1)
            if (tokens < Tokens)
                return dispatch<Vectors, Tokens - 1>(tokens, w, rows, x, ldx, y, ldy);
        block<Vectors, Tokens>(w, rows, x, ldx, y, ldy);
    }

    static Rows rowsAt(const Weights& w, int64_t vector, int64_t vectors) noexcept {
        constexpr int64_t kPerTile = kTileRows / kLanes;
        const int64_t laneBytes = lineBytesOf(w.type) / kTileRows;
        Rows rows{{}, vector * kLanes, w.rows};
        for (int64_t i = 0; i < vectors; ++i) {
            const int64_t tile = (vector + i) / kPerTile;
            rows.lines[i] = static_cast<const char*>(w.packed) +
                            static_cast<size_t>(tile) * tileBytesOf(w.type, w.cols) +
                            (vector + i) % kPerTile * kLanes * laneBytes;
        }
        return rows;
    }

    static void run(const Weights& w, const float* x, int64_t ldx, int64_t tokens, int64_t tileBegin,
                    int64_t tileEnd, float* y, int64_t ldy) noexcept {
        constexpr int64_t kPerTile = kTileRows / kLanes;
        const int64_t used = (w.rows + kLanes - 1) / kLanes;
        const int64_t vectorEnd = tileEnd * kPerTile < used ? tileEnd * kPerTile : used;
        int64_t first = tileBegin * kPerTile;
        if (tokens == 1)
            for (; first + kLoneVectors <= vectorEnd; first += kLoneVectors)
                block<kLoneVectors, 1>(w, rowsAt(w, first, kLoneVectors), x, ldx, y, ldy);
        for (int64_t chunk = 0; chunk < tokens; chunk += kTokenChunk) {
            const int64_t end = chunk + kTokenChunk < tokens ? chunk + kTokenChunk : tokens;
            int64_t vectors = kVectors;
            for (int64_t vector = first; vector < vectorEnd; vector += vectors) {
                vectors = vectorEnd - vector < kVectors ? 1 : kVectors;
                const Rows rows = rowsAt(w, vector, vectors);
                for (int64_t t = chunk; t < end; t += V::kTokens) {
                    if (vectors == 1)
                        dispatch<1, V::kTokens>(end - t, w, rows, x + t * ldx, ldx, y + t * ldy, ldy);
                    else
                        dispatch<kVectors, V::kTokens>(end - t, w, rows, x + t * ldx, ldx, y + t * ldy, ldy);
                }
            }
        }
    }
};

}  // namespace kernels::matmul_dense
