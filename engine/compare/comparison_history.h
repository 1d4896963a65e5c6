#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/compare/comparison.h"
#include "engine/compare/standings.h"
#include "engine/report/report.h"
#include "engine/store/store.h"

namespace engine {

/// A stored comparison, as a list shows it.
struct ComparisonEntry {
    std::int64_t runId = 0;
    std::string startedAt;  ///< UTC
    std::string status;
    std::string prompt;
    CompareOrder order = CompareOrder::sequential;
    std::vector<std::string> lanes;  ///< names
    std::string vote;                ///< "SpinQuant", "tie", "all bad"; empty without one
    bool blind = false;
};

struct ComparisonHistory {
    std::vector<ComparisonEntry> entries;  ///< newest first
    std::vector<Standing> standings;       ///< over all of them; a variant is "model · variant"
};
/// Errors: io, corrupt.
Result<ComparisonHistory> comparisonHistory(Store& store);

/// A stored comparison as it was when it ended: answers, measurements, agreement, tokens, vote. What the
/// database does not keep (gaps of a stopped answer, the rendered prompt) is absent.
struct StoredComparison {
    RunRow run;
    ComparisonRequest request;  ///< as far as the run tells it
    std::vector<LaneResult> lanes;
    std::optional<VoteRow> vote;
    std::optional<std::size_t> votedLane;  ///< position of vote->laneId
};
/// Errors: notFound; invalidInput for a run that is no comparison; io, corrupt.
Result<StoredComparison> loadComparison(Store& store, std::int64_t runId);

/// What was voted in words: "SpinQuant", "tie", "all bad".
std::string voteText(const VoteRow& vote, const std::vector<LaneRow>& lanes);

}  // namespace engine
