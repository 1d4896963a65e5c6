#include "engine/evaluate/token_score.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/evaluate/divergence.h"

namespace engine {

TokenScore scoreToken(std::span<const float> logits, TokenId target) {
    const auto at = static_cast<std::size_t>(raw(target));
    const float value = logits[at];
    std::int64_t before = 0;
    for (std::size_t i = 0; i < logits.size(); ++i)
        before += logits[i] > value || (logits[i] == value && i < at) ? 1 : 0;
    return {std::exp(-negativeLogLikelihood(logits, raw(target))), before + 1};
}

double meanNegativeLogLikelihood(std::span<const TokenScore> scores) {
    double sum = 0.0;
    for (const auto& score : scores)  // a probability that underflowed counts as the smallest there is
        sum -= std::log(std::max(score.probability, std::numeric_limits<double>::min()));
    return sum / static_cast<double>(scores.size());
}

}  // namespace engine
