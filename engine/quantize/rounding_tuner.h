#pragma once

#include <vector>

#include "engine/quantize/group_rounding.h"

namespace engine {

/// The trained parameters of one linear's rounding: W' = s (clamp(round(W / s + v)) - zero) with s = scale *
/// a, v in [-1/2, 1/2] per weight and a in [1/2, 3/2] per group. Cheng et al. 2023, arXiv:2309.05516, with
/// the range's end as one factor per group, since the grid may be searched and of either sign.
class RoundingTuner {
public:
    /// `start`: the grids to begin with. weight [rows, cols] outlives the tuner.
    RoundingTuner(std::span<const float> weight, const GroupCodes& start, const RoundingOptions& options);

    /// What the linear computes with now, [rows, cols].
    const std::vector<float>& effective() const { return effective_; }
    /// Takes one step of signed gradient descent, from the gradient to effective(). `rate`: how far v and a
    /// move.
    void step(std::span<const float> gradient, float rate);
    /// Codes and grids as they are stored: effective() but for the rounding of scales.
    GroupCodes codes() const;

private:
    void round(std::int64_t row);

    std::span<const float> weight_;
    GroupCodes start_;
    RoundingOptions options_;
    std::vector<float> v_;          // [rows, cols]
    std::vector<float> a_;          // [rows, groups]
    std::vector<float> effective_;  // [rows, cols]
};

}  // namespace engine
