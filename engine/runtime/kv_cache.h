#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "engine/base/result.h"
#include "engine/model/model_config.h"
#include "kernels/attention/attention.h"

namespace engine {

/// Keys and values of every layer. Memory is reserved at once and used as positions fill up.
///
/// | scheme | one number of a key or value | bits, head width 64 |
/// | f32    | as computed | 32 |
/// | bf16   | rounded to nearest even | 16 |
/// | int8   | 8 bit, symmetric, an f32 scale per position and kv head | 8.5 |
/// | kivi2  | 2 bit once 128 positions are complete, BF16 before | 3, and 16 for the last 128 positions |
///
/// kivi2 is KIVI (Liu et al. 2024, arXiv:2402.02750) with groups of 32: keys per channel, values per
/// position, after RoPE. Positions gather in a window of kWindow; when it is full, all of it is quantized and
/// the window begins anew. So what a query at position t sees is a function of t alone (the first kWindow *
/// floor(t / kWindow) positions in 2 bit, the rest in BF16), however tokens arrived: prefill equals decoding.
///
/// One forward pass writes positions from `position` on: open(position) before it, then per layer store(),
/// attention over describe(), and settle() once all members are past attention.
class KvCache {
public:
    using Type = kernels::attention::KvType;
    /// Positions that the kivi2 cache keeps in BF16 until they are quantized together.
    static constexpr std::int64_t kWindow = 128;

    /// Errors: outOfMemory with the bytes needed and available.
    static Result<KvCache> create(const ModelConfig& config, std::int64_t capacity, Type type);

    /// How many positions from `position` on one forward pass may write.
    std::int64_t room(std::int64_t position) const noexcept;
    /// Says that positions from `position` on are about to be written.
    void open(std::int64_t position) noexcept;
    /// Where writing has to resume so that the cache holds exactly the positions below `position`: there, or
    /// for kivi2 up to kWindow - 1 before it, when the BF16 form of those positions is gone.
    std::int64_t resumeAt(std::int64_t position) const noexcept;

    /// Stores one position's keys and values, rows [nKvHeads * headDim] of f32.
    void store(std::int64_t layer, std::int64_t position, const float* k, const float* v) noexcept;
    /// Quantizes this member's share of a window that is complete now that the cache ends at `end`.
    void settle(std::int64_t layer, std::int64_t end, int member, int members) noexcept;
    /// Fills in where the keys and values of a layer lie, for tokens from `position0` on.
    void describe(std::int64_t layer, std::int64_t position0,
                  kernels::attention::Problem& problem) const noexcept;

    Type type() const noexcept { return type_; }
    std::int64_t capacity() const noexcept { return capacity_; }
    /// All memory reserved.
    std::int64_t bytes() const noexcept { return static_cast<std::int64_t>(memory_.size()); }

    /// What bytes() of a cache created like this is. The extents were checked when the model was opened.
    static std::int64_t bytesFor(const ModelConfig& config, std::int64_t capacity, Type type);
    /// Bytes that one more position takes over all layers; kivi2: once it is quantized.
    static std::int64_t bytesPerToken(const ModelConfig& config, Type type);

private:
    struct Layout {
        std::int64_t keys = 0;  // bytes of each part of one layer, multiples of 64
        std::int64_t values = 0;
        std::int64_t scales = 0;  // int8: of keys, and as many of values
        std::int64_t window = 0;  // kivi2: keys of the BF16 window, and as many of values
        std::int64_t total() const noexcept { return keys + values + 2 * scales + 2 * window; }
    };

    KvCache() = default;
    static Layout layoutOf(const ModelConfig& config, std::int64_t capacity, Type type);
    std::byte* partAt(std::int64_t layer, std::int64_t offset) noexcept;
    const std::byte* partAt(std::int64_t layer, std::int64_t offset) const noexcept;
    void storeRows(std::byte* base, float* scales, std::int64_t position, const float* rows) noexcept;

    AlignedBuffer memory_;
    Type type_ = Type::bf16;
    Layout layout_;
    std::int64_t capacity_ = 0;
    std::int64_t rows_ = 0;        // positions from one kv head to the next
    std::int64_t windowRows_ = 0;  // likewise in the window
    std::int64_t nKvHeads_ = 0;
    std::int64_t headDim_ = 0;
    std::int64_t windowBegin_ = 0;  // position of the window's first
};

/// A KV cache scheme and the word for it in commands and files.
struct KvScheme {
    std::string_view name;
    KvCache::Type type;
};

/// All schemes, the default first.
const std::vector<KvScheme>& kvSchemes();
/// Errors: invalidInput that names the schemes there are.
Result<KvCache::Type> kvSchemeNamed(std::string_view name);

}  // namespace engine
