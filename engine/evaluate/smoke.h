#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/generate/local_model.h"

namespace engine {

/// Four prompts that show within a minute whether a variant is broken: it has to follow the answers of a
/// baseline (the same model in 8 bit or more) and must not stammer where the baseline does not.
struct SmokeRequest {
    LoadRequest model;
    LoadRequest baseline;
    std::int64_t maxTokens = 48;       ///< of each of the baseline's answers
    double leastAgreement = 0.85;      ///< over all four answers
    double leastAgreementEach = 0.60;  ///< of any one answer
};

/// One prompt: the baseline's greedy answer, how well the model predicts it, and the model's own answer.
struct SmokePrompt {
    std::string name;
    std::string prompt;
    std::string baselineText;
    std::string text;
    std::int64_t tokens = 0;     ///< of the baseline's answer
    double top1Agreement = 0.0;  ///< share of those that the model would have chosen, too
    double klMean = 0.0;         ///< KL(baseline || model) along that answer, nats per token
    bool stammers = false;       ///< the model's own answer goes round in a circle
    bool baselineStammers = false;
    std::string problem;  ///< why it fails; empty when it passes
};

struct SmokeResult {
    std::vector<SmokePrompt> prompts;
    double top1Agreement = 0.0;  ///< over all tokens of the baseline's answers
    double klMean = 0.0;
    bool passed = false;
    std::string problem;  ///< the first reason; empty when passed
};

/// Errors: as LocalModel::load; invalidInput for other vocabularies or a baseline that answers nothing;
/// cancelled. `progress(done, total)` counts prompts.
Result<SmokeResult> evaluateSmoke(const SmokeRequest& request,
                                  const std::function<void(std::int64_t, std::int64_t)>& progress = {},
                                  std::stop_token stop = {});

/// Whether the end of the tokens is one sequence of 1 to 8 tokens, repeated so often that it fills the
/// last 24.
bool stammers(std::span<const TokenId> tokens);

}  // namespace engine
