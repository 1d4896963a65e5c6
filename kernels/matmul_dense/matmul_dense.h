#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/base/tile.h"
#include "kernels/base/variant.h"

/// y[t,o] = sum_k x[t,k] * w[o,k] with floating-point weights.
///
/// x: [tokens, cols] f32, row stride ldx; w: [rows, cols] in F32, F16 or BF16, packed by tiles of 16 rows;
/// y: [tokens, rows] f32, row stride ldy; y may not overlap x. Accumulation in f32 (reference: double).
/// A variant with Trait::roundsActivations rounds x to BF16 first (nearest even), the others use x as it is.
/// Tolerance: |y - reference| <= 1e-5 * sum_k |x w| (2^-8 of that sum where activations are rounded).
namespace kernels::matmul_dense {

enum class WeightType : std::uint8_t { f32, f16, bf16 };

/// Packed weights: tile i (rows 16i..16i+15) starts at packed + i * tileBytes(type, cols).
struct Weights {
    const void* packed = nullptr;
    WeightType type = WeightType::bf16;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
};

struct Fn {
    /// Bytes of one packed tile; a multiple of 64, so that tiles stay aligned to cache lines.
    std::size_t (*tileBytes)(WeightType type, std::int64_t cols) noexcept;
    /// Packs `rows` (1..16) rows of row-major [rows, cols] `source`, stride `ld` elements, into one tile;
    /// missing rows become zero. `source` needs no alignment.
    void (*packTile)(WeightType type, const void* source, std::int64_t ld, std::int64_t rows,
                     std::int64_t cols, void* tile) noexcept;
    /// Bytes of scratch that run() needs per calling thread.
    std::size_t (*scratchBytes)(std::int64_t tokens, std::int64_t cols) noexcept;
    /// Writes the outputs of tiles [tileBegin, tileEnd) for all tokens. `scratch` is aligned to 64 bytes.
    void (*run)(const Weights& w, const float* x, std::int64_t ldx, std::int64_t tokens,
                std::int64_t tileBegin, std::int64_t tileEnd, float* y, std::int64_t ldy,
                void* scratch) noexcept;
    /// Name and version of the packed layout: variants of one name read each other's tiles.
    const char* layout;
};

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::matmul_dense
