#pragma once

#include <stdint.h>

/// The 2-bit cache of KIVI (Liu et al. 2024, arXiv:2402.02750): x ~ min + scale * code, code 0 .. 3, with
/// scale and min in IEEE half. 32 positions of one kv head form a group. Its keys have a scale and a min per
/// channel, its values per position and 32 channels: keys have channels of very different size, values have
/// not.
///
/// Groups lie as [nKvHeads, capacity / 32], keys and values apart. The keys of a group are one tile with
/// channels as rows and positions as lanes; its values are one tile per 32 channels with positions as rows
/// and channels as lanes. A tile of `rows` rows, a multiple of 16, is
///   words [rows / 16][32] u32: bits 2 (r % 16) of word [r / 16][lane] hold the code of row r
///   scale [rows], min [rows]  half
/// Rows and lanes beyond headDim are zero. 3 bits per number where headDim is a multiple of 32.
namespace kernels::attention::kivi2 {

inline constexpr int64_t kGroup = 32;
/// 2 bits of 32 lanes, scale and min.
inline constexpr int64_t kRowBytes = 8 + 2 + 2;

static constexpr int64_t keyRows(int64_t headDim) {
    return (headDim + 15) / 16 * 16;
}
static constexpr int64_t valueTiles(int64_t headDim) {
    return (headDim + kGroup - 1) / kGroup;
}
/// Bytes of the keys of one group.
static constexpr int64_t keyBytes(int64_t headDim) {
    return keyRows(headDim) * kRowBytes;
}
/// Bytes of the values of one group.
static constexpr int64_t valueBytes(int64_t headDim) {
    return valueTiles(headDim) * kGroup * kRowBytes;
}

struct Tile {
    const uint32_t* words;
    const uint16_t* scale;
    const uint16_t* min;
    int64_t rows;
};

static inline Tile tileAt(const void* base, int64_t offset, int64_t rows) noexcept {
    const auto* words =
        static_cast<const uint32_t*>(static_cast<const void*>(static_cast<const char*>(base) + offset));
    const auto* scale = static_cast<const uint16_t*>(static_cast<const void*>(words + rows / 16 * kGroup));
    return {words, scale, scale + rows, rows};
}
/// `group`: kv head times capacity / 32, plus position / 32.
static inline Tile keyTile(const void* base, int64_t headDim, int64_t group) noexcept {
    return tileAt(base, group * keyBytes(headDim), keyRows(headDim));
}
static inline Tile valueTile(const void* base, int64_t headDim, int64_t group, int64_t tile) noexcept {
    return tileAt(base, group * valueBytes(headDim) + tile * kGroup * kRowBytes, kGroup);
}
static inline uint32_t codeAt(const Tile& tile, int64_t row, int64_t lane) noexcept {
    return tile.words[row / 16 * kGroup + lane] >> (2 * (row % 16)) & 3U;
}

}  // namespace kernels::attention::kivi2
