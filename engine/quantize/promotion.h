#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/checkpoint/weight_scheme.h"

namespace engine {

/// Linears that rounding hurts most stay in `scheme`, as long as the file grows by no more than `budget`: the
/// idea of Unsloth's dynamic 4-bit variants.
struct Promotion {
    WeightScheme scheme;
    double budget = 0.1;  ///< share of the weights' bytes
    bool operator==(const Promotion&) const = default;
};

/// A linear that could be promoted.
struct PromotionCandidate {
    std::string name;
    double loss = 0.0;            ///< what it costs as it is, in any unit that is the same for all
    std::int64_t extraBytes = 0;  ///< that promoting it costs
};

/// Names of those to promote: the largest loss per byte first, each that still fits into `bytes`. Candidates
/// without a loss stay. Deterministic.
std::vector<std::string> choosePromoted(std::vector<PromotionCandidate> candidates, std::int64_t bytes);

}  // namespace engine
