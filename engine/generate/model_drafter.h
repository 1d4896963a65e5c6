#pragma once

#include <cstdint>
#include <vector>

#include "engine/generate/drafter.h"
#include "engine/runtime/session.h"

namespace engine {

/// Drafts with a second model. Its session follows the text by itself: what two texts begin with alike is
/// kept. Guesses nothing beyond that session's context.
class ModelDrafter final : public Drafter {
public:
    /// `sampling`: the answer's own settings, so that both models' distributions are alike. `vocab`: tokens
    /// that the answering model knows; others are never guessed.
    ModelDrafter(Session& session, const SamplingOptions& sampling, std::int64_t vocab);

    /// Errors: cancelled.
    Result<Draft> draft(std::span<const TokenId> text, std::int64_t most, std::stop_token stop) override;

private:
    Session& session_;
    Sampler sampler_;
    std::size_t vocab_;
    bool greedy_;
    std::vector<TokenId> tokens_;
    std::vector<TokenDistribution> from_;  // never shrinks, so that its memory is used again
};

}  // namespace engine
