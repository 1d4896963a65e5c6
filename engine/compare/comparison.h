#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/evaluate/token_score.h"
#include "engine/generate/generation.h"
#include "engine/store/picture_row.h"
#include "engine/worker/worker_client.h"

namespace engine {

class Store;

/// One variant under one set of conditions.
struct LaneSpec {
    std::string name;  ///< shown to people; empty = the variant's name, numbered where two are alike
    LoadRequest load;
};

/// When lanes answer. Only figures of lanes that had the machine to themselves are fair.
enum class CompareOrder {
    sequential,  ///< one after the other
    concurrent,  ///< all at once: the first words of all are there sooner, every figure is disturbed
};
std::string_view name(CompareOrder order);  ///< "sequential", "concurrent"
Result<CompareOrder> compareOrderFromName(std::string_view word);

struct ComparisonRequest {
    GenerationRequest generation;
    std::vector<LaneSpec> lanes;  ///< the first is the reference
    CompareOrder order = CompareOrder::sequential;
    bool agreement = true;         ///< score every lane on the reference's tokens, and the reference on its
    std::filesystem::path worker;  ///< executable; empty = default
    /// The images of `generation` as they came, for the store; the lanes read those there.
    std::vector<PictureRow> pictures = {};
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

/// A lane's answer token by token, as the reference sees it.
struct AnswerTokens {
    std::vector<std::int64_t> starts;  ///< of each generated token in the answer's text, in bytes
    std::vector<TokenScore> scores;    ///< the reference's, one per generated token; empty where it gave none
    std::string reason;                ///< why there are no scores
    bool operator==(const AnswerTokens&) const = default;
};

struct LaneResult {
    LaneSpec spec;
    std::optional<LoadedModel> loaded;
    std::optional<GenerationRecord> record;  ///< absent when the lane failed
    std::optional<Error> error;
    std::optional<Agreement> agreement;  ///< absent for the reference and for failed lanes
    AnswerTokens tokens;
};

struct ComparisonResult {
    std::string prompt;
    std::vector<LaneResult> lanes;
    CompareOrder order = CompareOrder::sequential;
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
    std::function<void()> scoringStarted;  ///< the reference is loaded again for the answers of the others
    std::function<void(std::size_t lane, const AnswerTokens&)> tokensScored;
};

/// Runs the lanes, each in its own process, and stores run, lanes and samples as they finish when `store` is
/// given. In sequence one model is in memory at a time: when the last lane has answered, the reference is
/// loaded once more and reads every answer. A lane that fails costs that lane alone. Errors: invalidInput for
/// no lanes or bad settings.
Result<ComparisonResult> runComparison(const ComparisonRequest& request, const ComparisonListener& listener,
                                       Store* store, std::stop_token stop = {});

}  // namespace engine
