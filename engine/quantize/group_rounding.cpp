#include "engine/quantize/group_rounding.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/float_types.h"

namespace engine {
namespace {

constexpr std::array<std::pair<std::string_view, RangeChoice>, 4> kNames = {
    {{"sym", RangeChoice::sym},
     {"sym_mse", RangeChoice::symMse},
     {"asym", RangeChoice::asym},
     {"asym_mse", RangeChoice::asymMse}}};

/// To the nearest whole number, half to even, for |x| < 2^22.
float roundEven(float x) {
    constexpr float kMagic = 12582912.0F;  // 1.5 * 2^23: the sum has no fraction bits
    return (x + kMagic) - kMagic;
}

double errorOf(const GroupGrid& grid, std::span<const float> values, std::span<const float> importance,
               int bits) {
    const float inverse = 1.0F / grid.scale;
    const auto zero = static_cast<float>(grid.zero);
    const auto top = static_cast<float>((1 << bits) - 1);
    float sum = 0.0F;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float code = std::clamp(roundEven(values[i] * inverse) + zero, 0.0F, top);
        const float error = (code - zero) * grid.scale - values[i];
        sum += error * error * (importance.empty() ? 1.0F : importance[i]);
    }
    return double{sum};
}

/// The grid with its scale fitted to the codes that it gives: least squares.
GroupGrid fitted(const GroupGrid& grid, std::span<const float> values, std::span<const float> importance,
                 const RoundingOptions& options) {
    double product = 0.0;
    double square = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int level = grid.code(values[i], options.bits) - grid.zero;
        const double weight = importance.empty() ? 1.0 : double{importance[i]};
        product += weight * level * double{values[i]};
        square += weight * level * level;
    }
    if (!(square > 0.0) || product == 0.0)
        return grid;
    return {storableScale(static_cast<float>(product / square), options.scales), grid.zero};
}

/// The best of the grids that `make` gives for ratios around 1, its scale fitted to its codes.
template <class Make>
GroupGrid search(const Make& make, float low, float high, GroupGrid best, std::span<const float> values,
                 std::span<const float> importance, const RoundingOptions& options) {
    constexpr float kStep = 0.025F;
    constexpr int kFits = 4;
    double least = errorOf(best, values, importance, options.bits);
    const auto attempt = [&](const GroupGrid& grid) {
        const double error = errorOf(grid, values, importance, options.bits);
        if (!(error < least))
            return false;
        least = error;
        best = grid;
        return true;
    };
    for (float ratio = low; ratio <= high + 1e-4F; ratio += kStep)
        for (const auto& grid : make(ratio))
            attempt(grid);
    for (int fit = 0; fit < kFits && attempt(fitted(best, values, importance, options)); ++fit) {
    }
    return best;
}

}  // namespace

std::optional<RangeChoice> rangeChoiceNamed(std::string_view text) {
    for (const auto& [word, choice] : kNames)
        if (word == text)
            return choice;
    return std::nullopt;
}

std::string_view name(RangeChoice range) {
    return kNames[static_cast<std::size_t>(range)].first;
}

float storableScale(float scale, ScaleType type) {
    constexpr float kLeast = 1e-30F;
    constexpr float kMost = 65504.0F;  // of f16
    if (!(std::abs(scale) > kLeast) || !std::isfinite(scale))
        return 1.0F;
    const float magnitude = std::abs(scale);
    if (type == ScaleType::f32 ||
        (type == ScaleType::f16Normal && (magnitude < 0x1p-14F || magnitude > kMost)))
        return scale;
    const float rounded = fromF16(toF16(std::clamp(scale, -kMost, kMost)));
    return rounded == 0.0F ? 1.0F : rounded;
}

int GroupGrid::code(float value_, int bits) const {
    const float code = roundEven(std::clamp(value_ / scale, -1e6F, 1e6F)) + static_cast<float>(zero);
    return static_cast<int>(std::clamp(code, 0.0F, static_cast<float>((1 << bits) - 1)));
}

GroupGrid chooseGrid(std::span<const float> values, std::span<const float> importance,
                     const RoundingOptions& options) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const auto levels = static_cast<float>((1 << options.bits) - 1);
    if (isSymmetric(options.range)) {
        const float absmax = std::max(*high, -*low);
        const int zero = 1 << (options.bits - 1);
        const auto grid = [&](float ratio) {
            return GroupGrid{storableScale(absmax / (levels / 2.0F) * ratio, options.scales), zero};
        };
        if (options.range == RangeChoice::sym)
            return grid(1.0F);
        const auto both = [&](float ratio) {
            const auto positive = grid(ratio);
            return std::array{positive, GroupGrid{-positive.scale, zero}};
        };
        return search(both, 0.4F, 1.2F, grid(1.0F), values, importance, options);
    }
    const float bottom = std::min(0.0F, *low);
    const float top = std::max(0.0F, *high);
    const auto grid = [&](float ratio) {
        const float scale = storableScale((top - bottom) * ratio / levels, options.scales);
        return GroupGrid{scale,
                         static_cast<int>(std::clamp(roundEven(-bottom * ratio / scale), 0.0F, levels))};
    };
    if (options.range == RangeChoice::asym)
        return grid(1.0F);
    const auto one = [&](float ratio) { return std::array{grid(ratio)}; };
    return search(one, 0.4F, 1.0F, grid(1.0F), values, importance, options);
}

GroupCodes::GroupCodes(std::int64_t rows_, std::int64_t cols_, std::int64_t groupSize_)
    : rows(rows_), cols(cols_), groupSize(groupSize_), codes(static_cast<std::size_t>(rows_ * cols_)) {
    grids.resize(static_cast<std::size_t>(rows * groups()));
}

void GroupCodes::dequantizeRow(std::int64_t row, float* out) const {
    for (std::int64_t c = 0; c < cols; ++c)
        out[c] = grid(row, c / groupSize).value(codes[static_cast<std::size_t>(row * cols + c)]);
}

void roundRow(std::span<const float> values, std::span<const float> importance,
              const RoundingOptions& options, std::int64_t row, GroupCodes& out) {
    auto* codes = out.codes.data() + row * out.cols;
    for (std::int64_t group = 0; group < out.groups(); ++group) {
        const auto begin = static_cast<std::size_t>(group * out.groupSize);
        const auto size = std::min(static_cast<std::size_t>(out.groupSize), values.size() - begin);
        const auto part = values.subspan(begin, size);
        const auto grid =
            chooseGrid(part, importance.empty() ? importance : importance.subspan(begin, size), options);
        out.grid(row, group) = grid;
        for (std::size_t i = 0; i < size; ++i)
            codes[begin + i] = static_cast<std::uint8_t>(grid.code(part[i], options.bits));
    }
}

}  // namespace engine
