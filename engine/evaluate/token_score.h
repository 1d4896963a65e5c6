#pragma once

#include <cstdint>
#include <span>

#include "engine/base/ids.h"

namespace engine {

/// What a model makes of a token that something else chose.
struct TokenScore {
    double probability = 0.0;  ///< softmax over the whole vocabulary, at temperature 1
    std::int64_t rank = 0;     ///< 1 = the most likely token; equal logits count by lowest id first
    bool operator==(const TokenScore&) const = default;
};

/// logits: [vocab]; `target` is one of its ids. Sums in double.
TokenScore scoreToken(std::span<const float> logits, TokenId target);

/// Mean of -log p in nats per token; `scores` must not be empty.
double meanNegativeLogLikelihood(std::span<const TokenScore> scores);

}  // namespace engine
