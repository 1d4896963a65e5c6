#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/quantize/group_rounding.h"

namespace engine {

/// What a layer's outputs lose by errors of its weights: sum over rows of e H e^T.
struct OutputLoss {
    std::int64_t cols = 0;
    std::vector<float> h;  // [cols, cols], symmetric, positive diagonal
};

/// Lowers the loss of row `row` of `codes` by coordinate descent: every sweep fits each group's scale to its
/// codes (least squares), then moves each code to the best place that the others leave it. Never raises the
/// loss; ends early where nothing moves. `weight`: [cols], the original. O(cols^2) per sweep.
/// Behdin et al. 2023, arXiv:2309.01885 (QuantEase), with scales that move too.
void refineRow(const OutputLoss& loss, std::span<const float> weight, const RoundingOptions& options,
               int sweeps, std::int64_t row, GroupCodes& codes);

}  // namespace engine
