#pragma once

#include <string_view>
#include <vector>

#include "engine/report/report.h"

namespace engine {

/// Samples of the same test and metric summarized, in the order in which the tests ran.
std::vector<MetricSummary> summariesOf(const std::vector<SampleRow>& samples);

/// The raw values that a summary was made of, in the order of measuring.
std::vector<double> valuesOf(const LaneReport& lane, const MetricSummary& summary);

/// The first summary of a metric, in the order in which tests ran; null when it was not measured.
const MetricSummary* summaryOf(const LaneReport& lane, std::string_view metric);

/// The summary of the same test (name, lengths, depth) and metric; null where there is none.
const MetricSummary* sameTest(const LaneReport& lane, const MetricSummary& summary);

/// "decode 64 @ 512": what was measured, with its lengths.
std::string testName(const MetricSummary& summary);

/// Whether any energy of the lane is estimated: drawn hatched, never ranked.
bool energyIsEstimated(const LaneReport& lane);

}  // namespace engine
