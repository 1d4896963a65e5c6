#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/generate/generation.h"
#include "engine/worker/worker_client.h"

namespace engine {

class Store;

/// One variant under one set of conditions.
struct LaneSpec {
    std::string name;  ///< shown to people; empty = the variant's name, numbered where two are alike
    LoadRequest load;
};

struct ComparisonRequest {
    GenerationRequest generation;
    std::vector<LaneSpec> lanes;   ///< the first is the reference
    bool agreement = true;         ///< score every lane on the reference's tokens
    std::filesystem::path worker;  ///< executable; empty = default
};

/// A lane against the reference lane on the reference's own generated tokens (teacher forced).
struct Agreement {
    std::string lane;
    std::string reference;
    double top1 = 1.0;    ///< share of positions with the same most likely token
    double klMean = 0.0;  ///< KL(reference || lane), nats per token
    std::optional<std::int64_t>
        firstDivergence;  ///< index of the first differing generated token; absent = equal
};

struct LaneResult {
    LaneSpec spec;
    std::optional<LoadedModel> loaded;
    std::optional<GenerationRecord> record;  ///< absent when the lane failed
    std::optional<Error> error;
    std::optional<Agreement> agreement;  ///< absent for the reference and for failed lanes
};

struct ComparisonResult {
    std::string prompt;
    std::vector<LaneResult> lanes;
    bool cancelled = false;
    std::int64_t runId = 0;  ///< 0 when there was no store
};

/// Called on the thread that runs the comparison. Every function may be empty.
struct ComparisonListener {
    std::function<void(std::size_t lane)> laneStarted;
    std::function<void(std::size_t lane, const LoadedModel&)> laneLoaded;
    std::function<void(std::size_t lane, const TokenEvent&)> token;
    std::function<void(std::size_t lane, const LaneResult&)> laneFinished;  ///< record or error is there
    std::function<void(std::size_t lane, const Agreement&)> agreementKnown;
};

/// Runs the lanes one after the other, each in its own process, and stores run, lanes and samples as they
/// finish when `store` is given. A lane that fails costs that lane alone. Errors: invalidInput for no lanes
/// or bad settings.
Result<ComparisonResult> runComparison(const ComparisonRequest& request, const ComparisonListener& listener,
                                       Store* store, std::stop_token stop = {});

}  // namespace engine
