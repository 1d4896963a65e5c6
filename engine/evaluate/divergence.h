#pragma once

#include <cstdint>
#include <span>

namespace engine {

/// How one predicted distribution differs from the reference's, both given as logits [vocab]; sums in double.
struct TokenDivergence {
    double kl = 0.0;        ///< KL(reference || lane) in nats
    bool sameTop1 = false;  ///< both have the same most likely token (lowest id on a tie)
};
TokenDivergence divergence(std::span<const float> reference, std::span<const float> lane);

/// -log softmax(logits)[target], in nats.
double negativeLogLikelihood(std::span<const float> logits, std::int32_t target);

}  // namespace engine
