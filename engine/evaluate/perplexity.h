#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/generate/local_model.h"
#include "engine/metrics/statistics.h"

namespace engine {

struct EvaluationRequest {
    LoadRequest model;
    std::optional<LoadRequest> reference;  ///< adds KL divergence and top-1 agreement
    std::filesystem::path text;            ///< UTF-8 text, tokenized with the model's tokenizer, or …
    std::filesystem::path tokens;          ///< … token ids as little-endian uint16
    std::int64_t window = 0;               ///< tokens per window; 0 = 512, at most the context
    std::int64_t stride =
        0;  ///< 0 = window (no overlap); else only the last `stride` targets of a window count
    std::int64_t limit = 0;  ///< windows at most; 0 = all
};

struct EvaluationResult {
    std::int64_t tokens = 0;       ///< scored targets
    double nll = 0.0;              ///< mean negative log-likelihood, nats
    double perplexity = 0.0;       ///< exp(nll)
    std::optional<Interval> ci95;  ///< of the perplexity; all intervals: bootstrap over windows
    std::optional<double> klMean;  ///< KL(reference || model), nats per token
    std::optional<Interval> klCi95;
    std::optional<double> klP99;
    std::optional<double> top1Agreement;  ///< share of targets, 0..1
    std::optional<Interval> top1Ci95;
    std::optional<double> lnPerplexityRatio;  ///< ln(perplexity / the reference's), paired by target
    std::optional<Interval> lnPerplexityRatioCi95;
    std::optional<double> rmsDeltaP;  ///< root mean square change of the target's probability, 0..1
    std::string kernels;
};

/// Windows of inputs s[i .. i+W-1] with targets s[i+1 .. i+W]; the context starts fresh in each, no token is
/// added. `progress(done, total)` counts windows. Errors: as LocalModel::load; invalidInput for too short a
/// text or vocabularies that differ; cancelled.
Result<EvaluationResult> evaluate(const EvaluationRequest& request,
                                  const std::function<void(std::int64_t, std::int64_t)>& progress = {},
                                  std::stop_token stop = {});

}  // namespace engine
