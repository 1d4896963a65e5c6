#include "engine/quantize/rounding_tuner.h"

#include <algorithm>
#include <cmath>

namespace engine {
namespace {

constexpr float kLeastFactor = 0.5F;
constexpr float kMostFactor = 1.5F;

float signOf(float x) {
    return x > 0.0F ? 1.0F : x < 0.0F ? -1.0F : 0.0F;
}

}  // namespace

RoundingTuner::RoundingTuner(std::span<const float> weight, const GroupCodes& start,
                             const RoundingOptions& options)
    : weight_(weight),
      start_(start),
      options_(options),
      v_(weight.size(), 0.0F),
      a_(start.grids.size(), 1.0F),
      effective_(weight.size()) {
    for (std::int64_t row = 0; row < start_.rows; ++row)
        round(row);
}

void RoundingTuner::round(std::int64_t row) {
    for (std::int64_t c = 0; c < start_.cols; ++c) {
        const auto group = row * start_.groups() + c / start_.groupSize;
        const auto at = static_cast<std::size_t>(row * start_.cols + c);
        auto grid = start_.grids[static_cast<std::size_t>(group)];
        grid.scale *= a_[static_cast<std::size_t>(group)];
        effective_[at] = grid.round(weight_[at] + v_[at] * grid.scale, options_.bits);
    }
}

void RoundingTuner::step(std::span<const float> gradient, float rate) {
    const auto top = static_cast<float>((1 << options_.bits) - 1);
    for (std::int64_t row = 0; row < start_.rows; ++row) {
        for (std::int64_t group = 0; group < start_.groups(); ++group) {
            const auto index = static_cast<std::size_t>(row * start_.groups() + group);
            const auto& grid = start_.grids[index];
            const float scale = grid.scale * a_[index];
            const auto zero = static_cast<float>(grid.zero);
            const auto end = std::min((group + 1) * start_.groupSize, start_.cols);
            float toFactor = 0.0F;
            for (auto c = group * start_.groupSize; c < end; ++c) {
                const auto at = static_cast<std::size_t>(row * start_.cols + c);
                const float level = effective_[at] / scale;
                const float wanted = weight_[at] / scale + v_[at];
                const bool inside = wanted + zero > -0.5F && wanted + zero < top + 0.5F;
                // d W'/d s = level - inside * W / s, and d W'/d v = s where the clamp does not bite.
                toFactor += gradient[at] * grid.scale * (level - (inside ? weight_[at] / scale : 0.0F));
                if (inside)
                    v_[at] = std::clamp(v_[at] - rate * signOf(gradient[at] * scale), -0.5F, 0.5F);
            }
            a_[index] = std::clamp(a_[index] - rate * signOf(toFactor), kLeastFactor, kMostFactor);
        }
        round(row);
    }
}

GroupCodes RoundingTuner::codes() const {
    GroupCodes out = start_;
    for (std::size_t i = 0; i < out.grids.size(); ++i)
        out.grids[i].scale = storableScale(start_.grids[i].scale * a_[i], options_.scales);
    for (std::int64_t row = 0; row < out.rows; ++row)
        for (std::int64_t c = 0; c < out.cols; ++c) {
            const auto at = static_cast<std::size_t>(row * out.cols + c);
            const auto& grid = out.grid(row, c / out.groupSize);
            out.codes[at] = static_cast<std::uint8_t>(grid.code(effective_[at], options_.bits));
        }
    return out;
}

}  // namespace engine
