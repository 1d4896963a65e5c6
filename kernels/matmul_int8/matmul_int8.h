#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/base/tile.h"
#include "kernels/base/variant.h"
#include "kernels/quantize_activations/quantized_rows.h"

/// y[t,o] = s_t * scale[o] * (sum_j q[t,j] * w[o,j] - zp_t * rowSum[o])   (scheme int8_channel)
///
/// w: [rows, cols] int8, one f32 scale and rowSum[o] = sum_j w[o,j] per row; q, s, zp: per-token 8-bit
/// activations. y: [tokens, rows] f32, row stride ldy. The integer part is exact in int32. Tolerance: |y -
/// reference| <= 1e-6 * |reference| (two roundings of the scales).
namespace kernels::matmul_int8 {

/// Packed weights: tile i (rows 16i..16i+15) starts at packed + i * tileBytes(cols).
struct Weights {
    const void* packed = nullptr;
    const float* scales = nullptr;          // [roundUp(rows, 16)]
    const std::int32_t* rowSums = nullptr;  // [roundUp(rows, 16)]
    std::int64_t rows = 0;
    std::int64_t cols = 0;
};

struct Fn {
    /// Bytes of one packed tile; a multiple of 64.
    std::size_t (*tileBytes)(std::int64_t cols) noexcept;
    /// Packs `rows` (1..16) rows of int8 `values` [rows, cols], stride ldv, into one tile; missing rows
    /// become zero.
    void (*packTile)(const std::int8_t* values, std::int64_t ldv, std::int64_t rows, std::int64_t cols,
                     void* tile) noexcept;
    /// Bytes of scratch that run() needs per calling thread.
    std::size_t (*scratchBytes)(std::int64_t tokens, std::int64_t cols) noexcept;
    /// Writes the outputs of tiles [tileBegin, tileEnd) for all tokens of x.
    void (*run)(const Weights& w, const QuantizedRows& x, std::int64_t tileBegin, std::int64_t tileEnd,
                float* y, std::int64_t ldy, void* scratch) noexcept;
    /// Name and version of the packed layout: variants of one name read each other's tiles.
    const char* layout;
};

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::matmul_int8
