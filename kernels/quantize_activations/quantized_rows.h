#pragma once

#include <cstdint>

#include "kernels/base/tile.h"

namespace kernels {

/// Per-token dynamic activations in 8 bits or fewer: x[t,j] ~ scale[t] * (q[t,j] - zeroPoint[t]). The caller
/// owns the memory.
struct QuantizedRows {
    std::int8_t* q = nullptr;  // [tokens, ld]; columns cols..ld-1 hold 0; rows are aligned to 64 bytes
    float* scale = nullptr;    // [tokens]
    std::int32_t* zeroPoint = nullptr;  // [tokens]
    std::int32_t* groupSums = nullptr;  // [tokens, ld / 32]: sum of q over each group of 32 columns
    std::int64_t tokens = 0;
    std::int64_t cols = 0;
    std::int64_t ld = 0;  // bytes from row to row, roundUp(cols, 64)
    int bits = 8;         // 2..8: q is one of the 2^bits integers from -2^(bits-1) on; products need not know
};

}  // namespace kernels
