#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

/// How one weight [rows, cols] is stored, by the name that files, policies and tables use.
///
/// | name | what |
/// | --- | --- |
/// | bf16, f16, f32 | floating point |
/// | int8_channel | 8-bit symmetric, one scale per row |
/// | int4_g32 | symmetric: (code - 2^(bits-1)) * scale, one scale per row and group of 32 columns; bits 2 to
/// 8 | | uint3_g32 | the same with a whole zero point per group: (code - zero) * scale |
struct WeightScheme {
    enum class Kind : std::uint8_t { bf16, f16, f32, int8Channel, groups };

    Kind kind = Kind::bf16;
    int bits = 16;               ///< of one code
    std::int64_t groupSize = 0;  ///< columns of a group
    bool symmetric = true;       ///< groups

    static WeightScheme groupwise(int bits, std::int64_t groupSize, bool symmetric = true);
    /// Nothing for a name that is none of the above or out of range.
    static std::optional<WeightScheme> parse(std::string_view name);
    std::string name() const;
    bool floating() const { return kind == Kind::bf16 || kind == Kind::f16 || kind == Kind::f32; }
    /// Columns of a group, the last of which may be shorter.
    std::int64_t groups(std::int64_t cols) const;
    /// Bytes of a weight [rows, cols] in the file, scales of 16 bits included.
    std::int64_t bytes(std::int64_t rows, std::int64_t cols) const;
    bool operator==(const WeightScheme&) const = default;
};

}  // namespace engine
