#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/variant.h"

/// Embedding gather: out[i,:] = row ids[i] of the table, as f32. Exact in every variant.
namespace kernels::embedding {

/// How the table stores a row. q8_0 and q4_0 are GGUF blocks of 32 (f16 scale, then values).
enum class TableType : std::uint8_t { f32, f16, bf16, int8_channel, q8_0, q4_0 };

struct Table {
    const void* data = nullptr;     // [rows], `rowBytes` from row to row, no alignment assumed
    const float* scales = nullptr;  // [rows], int8_channel only: value = int8 * scales[row]
    TableType type = TableType::bf16;
    std::int64_t rowBytes = 0;
    std::int64_t rows = 0;
    std::int64_t dim = 0;
};

/// ids: [count], each in [0, rows); out: [count, dim] f32, stride ldo.
using Fn = void (*)(const Table& table, const std::int32_t* ids, std::int64_t count, float* out,
                    std::int64_t ldo) noexcept;

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::embedding
