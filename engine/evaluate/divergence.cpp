#include "engine/evaluate/divergence.h"

#include <algorithm>
#include <cmath>

namespace engine {
namespace {

/// log(sum(exp(logits))).
double logSumExp(std::span<const float> logits) {
    const double top = double{*std::max_element(logits.begin(), logits.end())};
    double sum = 0.0;
    for (const float value : logits)
        sum += std::exp(double{value} - top);
    return top + std::log(sum);
}

}  // namespace

TokenDivergence divergence(std::span<const float> reference, std::span<const float> lane) {
    const double zReference = logSumExp(reference);
    const double zLane = logSumExp(lane);
    TokenDivergence result;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const double logP = double{reference[i]} - zReference;
        result.kl += std::exp(logP) * (logP - (double{lane[i]} - zLane));
    }
    result.sameTop1 = std::max_element(reference.begin(), reference.end()) - reference.begin() ==
                      std::max_element(lane.begin(), lane.end()) - lane.begin();
    return result;
}

double negativeLogLikelihood(std::span<const float> logits, std::int32_t target) {
    return logSumExp(logits) - double{logits[static_cast<std::size_t>(target)]};
}

}  // namespace engine
