#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/base/tile.h"
#include "kernels/base/variant.h"
#include "kernels/quantize_activations/quantized_rows.h"

/// y[t,o] = s_t * sum_G scale[o,G] * sum_{j in G} (q[t,j] - zp_t) * w[o,j]   (scheme int4_g32)
///
/// w: [rows, cols] integers -8..7, one scale per row and group of 32 columns, kept as f32 or rounded to f16;
/// q, s, zp: per-token 8-bit activations (quantize_activations). y: [tokens, rows] f32, row stride ldy.
/// Columns beyond a multiple of 32 count as w = 0. The product inside a group is exact (int32); groups are
/// summed in f32 (reference: double). Tolerance: |y - reference| <= s_t * (1e-5 * sum |scale (q - zp) w| +
/// 5e-7 * |zp| * sum |scale w|); the last term because the zero point meets the rows' sums in f32. Source:
/// torchao int4 weight, int8 dynamic activation linear; Meta's QLORA_INT4_EO8 and SPINQUANT_INT4_EO8.
namespace kernels::matmul_int4 {

/// How a tile keeps its scales. f16 rounds them to 11 significant bits (nothing is lost for scales that come
/// from f16) and is for scales of normal f16 range, see fitsF16.
enum class ScaleType : std::uint8_t { f32, f16 };

/// True for 0 and for magnitudes that f16 holds with all its bits.
constexpr bool fitsF16(float scale) {
    const float magnitude = scale < 0.0F ? -scale : scale;
    return magnitude == 0.0F || (magnitude >= 0x1p-14F && magnitude <= 65504.0F);
}

/// Packed weights: tile i (rows 16i..16i+15) starts at packed + i * tileBytes(scales, cols).
struct Weights {
    const void* packed = nullptr;
    ScaleType scales = ScaleType::f32;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
};

struct Fn {
    /// Bytes of one packed tile; a multiple of 64.
    std::size_t (*tileBytes)(ScaleType scales, std::int64_t cols) noexcept;
    /// Packs `rows` (1..16) rows: `values` [rows, cols] int8 in -8..7 with stride ldv, `scales` [rows,
    /// ceil(cols/groupSize)] f32 with stride lds; groupSize is a multiple of 32 (a larger group repeats its
    /// scale), stored as `type`. Missing rows become zero.
    void (*packTile)(const std::int8_t* values, std::int64_t ldv, const float* scales, std::int64_t lds,
                     std::int64_t groupSize, ScaleType type, std::int64_t rows, std::int64_t cols,
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

}  // namespace kernels::matmul_int4
