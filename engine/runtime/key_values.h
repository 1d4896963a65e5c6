#pragma once

#include <cstdint>

#include "engine/base/aligned_buffer.h"
#include "engine/runtime/full_attention.h"

namespace engine {

/// Keys and values of a fixed number of positions in the attention kernels' layout, as f32 or BF16. Positions
/// may be stored by several threads at once.
class KeyValues {
public:
    KeyValues() = default;
    /// valid() is false where the system has no memory.
    KeyValues(std::int64_t nKvHeads, std::int64_t headDim, std::int64_t positions, bool f32);

    bool valid() const noexcept { return memory_.data() != nullptr; }
    /// One position's keys and values, rows [nKvHeads * headDim] of f32.
    void store(std::int64_t position, const float* k, const float* v) noexcept;
    /// The first `count` positions.
    SeenPositions seen(std::int64_t count) const noexcept;
    SeenPositions seen() const noexcept { return seen(positions_); }

    static std::int64_t bytesFor(std::int64_t nKvHeads, std::int64_t headDim, std::int64_t positions,
                                 bool f32);

private:
    void storeRow(std::byte* base, std::int64_t position, const float* row) noexcept;

    AlignedBuffer memory_;
    std::int64_t nKvHeads_ = 0;
    std::int64_t headDim_ = 0;
    std::int64_t positions_ = 0;
    std::int64_t capacity_ = 0;  // rounded up to the kernels' blocks
    bool f32_ = false;
};

}  // namespace engine
