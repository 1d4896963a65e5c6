#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/checkpoint/weight_scheme.h"

namespace engine {

/// How the scale (and zero point) of a group is chosen.
enum class RangeChoice : std::uint8_t {
    sym,      ///< absmax / ((2^bits - 1) / 2): torchao's and ExecuTorch's
    symMse,   ///< searched, of either sign: a negative scale moves the extra level to the positive side
    asym,     ///< (max - min) / (2^bits - 1) and a whole zero point
    asymMse,  ///< the same with the range shrunk as far as it lowers the error
};
std::optional<RangeChoice> rangeChoiceNamed(std::string_view name);
std::string_view name(RangeChoice range);
constexpr bool isSymmetric(RangeChoice range) {
    return range == RangeChoice::sym || range == RangeChoice::symMse;
}

/// A group's grid: value = (code - zero) * scale, codes 0 .. 2^bits - 1.
struct GroupGrid {
    float scale = 1.0F;  ///< finite, not 0
    int zero = 0;

    int code(float value, int bits) const;
    float value(int code) const { return static_cast<float>(code - zero) * scale; }
    float round(float value_, int bits) const { return value(code(value_, bits)); }
};

/// What scales are rounded to before the codes are chosen.
enum class ScaleType : std::uint8_t {
    f32,
    f16Normal,  ///< f16, but for scales outside its normal range
    f16,        ///< always: scales that it cannot hold become 1, or its largest number
};

struct RoundingOptions {
    RangeChoice range = RangeChoice::symMse;
    int bits = 4;
    ScaleType scales = ScaleType::f16Normal;
};

/// A scale as it will be stored: rounded to the type, never 0 or infinite (tiny ones become 1, which rounds
/// their values to zero).
float storableScale(float scale, ScaleType type);

/// The grid of one group. `importance` (empty, or one non-negative number per value) weights the squared
/// errors that a search compares. The searched choices never have a larger error than those without search.
GroupGrid chooseGrid(std::span<const float> values, std::span<const float> importance,
                     const RoundingOptions& options);

/// Codes of a matrix [rows, cols] with a grid per row and group of columns; the last group may be shorter.
struct GroupCodes {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t groupSize = 0;
    std::vector<std::uint8_t> codes;  // [rows, cols]
    std::vector<GroupGrid> grids;     // [rows, groups]

    GroupCodes() = default;
    GroupCodes(std::int64_t rows, std::int64_t cols, std::int64_t groupSize);
    std::int64_t groups() const { return (cols + groupSize - 1) / groupSize; }
    GroupGrid& grid(std::int64_t row, std::int64_t group) {
        return grids[static_cast<std::size_t>(row * groups() + group)];
    }
    const GroupGrid& grid(std::int64_t row, std::int64_t group) const {
        return grids[static_cast<std::size_t>(row * groups() + group)];
    }
    void dequantizeRow(std::int64_t row, float* out) const;  // [cols]
};

/// Rounds row `row` of `out` to nearest. `importance`: empty or [cols].
void roundRow(std::span<const float> values, std::span<const float> importance,
              const RoundingOptions& options, std::int64_t row, GroupCodes& out);

}  // namespace engine
