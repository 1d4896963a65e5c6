#pragma once

#include <immintrin.h>
#include <stdint.h>

// Tile registers for the AMX variants. Static, so that no variant's copy can be used by another (see README);
// include it in AMX variant files only. The lines of packed weights are what the right operand of a tile
// product wants: row k holds four bytes (two BF16 numbers) of consecutive columns for each of 16 outputs. The
// left operand has a token to a row. Source: Intel SDM vol. 1 chapter 18.
namespace kernels {

inline constexpr int64_t kTileTokens = 16;

/// Palette 1: up to 8 registers of up to 16 rows of up to 64 bytes.
struct alignas(64) TileConfig {
    uint8_t palette;
    uint8_t startRow;
    uint8_t reserved[14];
    uint16_t rowBytes[16];
    uint8_t rows[16];
};

/// Eight registers of 16 rows of 64 bytes.
static constexpr TileConfig kFullTiles{
    1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};

/// GCC's tile loads do not tell the compiler that they read memory: call this after writing what they read.
static inline void writesBeforeTileLoads() noexcept {
    __asm__ volatile("" ::: "memory");
}

/// The last lines of a tile of weights, where fewer than 16 are left, with lines of 0 after them: 1 KiB.
static inline void padLines(const uint8_t* lines, int64_t count, uint8_t* padded) noexcept {
    for (int64_t k = 0; k < 16; ++k)
        _mm512_storeu_si512(padded + 64 * k,
                            k < count ? _mm512_loadu_si512(lines + 64 * k) : _mm512_setzero_si512());
    writesBeforeTileLoads();
}

}  // namespace kernels
