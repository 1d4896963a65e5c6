#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels/base/interleave.h"
#include "kernels/base/tile.h"
#include "kernels/matmul_dense/matmul_dense.h"

// The packed layout that the vector variants share. Per tile of 16 rows, the 32-bit or 16-bit lane r of a
// line holds row r:
//   f32:  per column a line of 16 floats;
//   f16:  per column a line of 16 halves;
//   bf16: per pair of columns a line of 16 x 2, column 2k in the low half of the lane (an odd last column is
//   paired with 0).
namespace kernels::matmul_dense {

static constexpr char kLayout[] = "dense_lines16_v1";

static inline int64_t linesOf(WeightType type, int64_t cols) noexcept {
    return type == WeightType::bf16 ? (cols + 1) / 2 : cols;
}
static inline int64_t lineBytesOf(WeightType type) noexcept {
    return type == WeightType::f16 ? 32 : 64;
}

static inline size_t tileBytesOf(WeightType type, int64_t cols) noexcept {
    return static_cast<size_t>(roundUp(linesOf(type, cols) * lineBytesOf(type), 64));
}

static inline void packTileLines(WeightType type, const void* source, int64_t ld, int64_t rows, int64_t cols,
                                 void* tile) noexcept {
    const int64_t size = type == WeightType::f32 ? 4 : 2;
    const auto* from = static_cast<const char*>(source);
    if (type == WeightType::f16) {
        memset(tile, 0, tileBytesOf(type, cols));
        for (int64_t r = 0; r < rows; ++r)
            for (int64_t k = 0; k < cols; ++k)
                memcpy(static_cast<uint16_t*>(tile) + k * kTileRows + r, from + (r * ld + k) * size, 2);
        return;
    }
    const int64_t words = cols * size / 4;
    if (rows < kTileRows || cols * size % 4 != 0)
        memset(tile, 0, tileBytesOf(type, cols));
    interleaveRows(source, ld * size, rows, words, tile);
    if (cols * size % 4 != 0)  // an odd last column of BF16
        for (int64_t r = 0; r < rows; ++r)
            memcpy(static_cast<uint16_t*>(tile) + words * 2 * kTileRows + 2 * r,
                   from + (r * ld + cols - 1) * size, 2);
}

}  // namespace kernels::matmul_dense
