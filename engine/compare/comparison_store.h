#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/compare/comparison.h"
#include "engine/store/store.h"

namespace engine {

/// Writes a comparison to the database as it happens. A null store makes every call a no-op that succeeds.
class ComparisonRecorder {
public:
    explicit ComparisonRecorder(Store* store) : store_(store) {}

    /// Adds the run and its lanes; returns the run's id (0 without a store).
    Result<std::int64_t> begin(const ComparisonRequest& request);
    Result<void> laneLoaded(std::size_t lane, const std::string& name, const LoadedModel& model);
    Result<void> laneFinished(std::size_t lane, const LaneResult& result);
    Result<void> agreement(std::size_t lane, const Agreement& agreement);
    Result<void> tokens(std::size_t lane, const AnswerTokens& tokens);
    /// `status`: finished or cancelled.
    Result<void> end(const std::string& status);

private:
    Store* store_;
    std::int64_t runId_ = 0;
    std::vector<LaneRow> lanes_;
};

/// The request as JSON, stored with the run so that it can be repeated.
std::string comparisonProfile(const ComparisonRequest& request);
/// The prompt as a person wrote it: the last user message.
std::string promptText(const GenerationRequest& request);

}  // namespace engine
