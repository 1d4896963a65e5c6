#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace engine {

/// What random bytes stand for.
enum class RandomKind {
    normalBf16,  ///< BF16, normal, the given deviation
    onesBf16,    ///< BF16 ones (norm weights)
    onesF32,     ///< f32 ones
    int4,        ///< int8 values, uniform in -8..7
    int8,        ///< int8 values, uniform in -127..127
    scaleF32,    ///< f32, uniform in 0.5..1.5 times the given size
    q8Blocks,    ///< GGUF's Q8_0 blocks: an f16 scale as scaleF32's, 32 values as int8's
    q4Blocks,    ///< GGUF's Q4_0 blocks: an f16 scale as scaleF32's, 32 values as int4's
};

/// Endless repeatable data of one kind: a pool drawn once and read at changing offsets, because drawing
/// billions of numbers would take minutes and speed does not depend on them.
class RandomPool {
public:
    RandomPool(RandomKind kind, float size, std::uint64_t seed);
    /// The bytes of stream `stream` that begin `offset` bytes into it; offset and bytes.size() are multiples
    /// of the item's size.
    void fill(std::uint64_t stream, std::size_t offset, std::span<std::byte> bytes) const;

private:
    std::vector<std::byte> pool_;
    std::size_t unit_ = 64;  ///< bytes that stay together: an item, or a multiple of one
};

}  // namespace engine
