#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/base/interleave.h"
#include "kernels/base/tile.h"

// The packed layout that the vector variants share: per tile of 16 rows and 4 columns a line of 64 B whose
// 32-bit lane r holds the four columns of row r; columns are padded with 0 to a multiple of 4.
namespace kernels::matmul_int8 {

static constexpr char kLayout[] = "int8_lines16_v1";

static inline int64_t linesOf(int64_t cols) noexcept {
    return (cols + 3) / 4;
}

static inline size_t tileBytesOf(int64_t cols) noexcept {
    return static_cast<size_t>(linesOf(cols) * 64);
}

static inline void packTileLines(const int8_t* values, int64_t ldv, int64_t rows, int64_t cols,
                                 void* tile) noexcept {
    if (rows < kTileRows || cols % 4 != 0)
        memset(tile, 0, tileBytesOf(cols));
    interleaveRows(values, ldv, rows, cols / 4, tile);
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t k = cols / 4 * 4; k < cols; ++k)
            static_cast<int8_t*>(tile)[k / 4 * 64 + 4 * r + k % 4] = values[r * ldv + k];
}

}  // namespace kernels::matmul_int8
