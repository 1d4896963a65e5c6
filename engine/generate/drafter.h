#pragma once

#include <cstdint>
#include <span>
#include <stop_token>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/sampling/sampler.h"

namespace engine {

/// Tokens that may come next. Valid until the drafter's next call.
struct Draft {
    std::span<const TokenId> tokens;
    /// What each token was drawn from; empty where each was certain.
    std::span<const TokenDistribution> from;
};

/// Guesses how a text goes on. Any guess is right: a bad one only costs time.
class Drafter {
public:
    virtual ~Drafter() = default;
    /// Up to `most` (1 or more) tokens that may follow `text`; none where it has no guess. Errors: cancelled.
    virtual Result<Draft> draft(std::span<const TokenId> text, std::int64_t most, std::stop_token stop) = 0;
};

}  // namespace engine
