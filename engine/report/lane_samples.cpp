#include "engine/report/lane_samples.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace engine {

std::vector<MetricSummary> summariesOf(const std::vector<SampleRow>& samples) {
    struct Group {
        MetricSummary summary;
        std::vector<double> values;
    };
    std::vector<Group> groups;
    std::map<std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t, std::string>, std::size_t>
        index;
    for (const auto& sample : samples) {
        const auto key = std::tuple(sample.test, sample.prompt, sample.generate, sample.depth, sample.metric);
        const auto [at, added] = index.emplace(key, groups.size());
        if (added)
            groups.push_back(
                {{sample.test, sample.prompt, sample.generate, sample.depth, sample.metric, sample.unit, {}},
                 {}});
        groups[at->second].values.push_back(sample.value);
    }
    std::vector<MetricSummary> results;
    for (auto& group : groups) {
        group.summary.summary = summarize(group.values);
        results.push_back(std::move(group.summary));
    }
    return results;
}

std::vector<double> valuesOf(const LaneReport& lane, const MetricSummary& summary) {
    std::vector<double> values;
    for (const auto& sample : lane.samples)
        if (sample.metric == summary.metric && sample.test == summary.test &&
            sample.prompt == summary.prompt && sample.generate == summary.generate &&
            sample.depth == summary.depth)
            values.push_back(sample.value);
    return values;
}

const MetricSummary* summaryOf(const LaneReport& lane, std::string_view metric) {
    const auto at = std::find_if(lane.results.begin(), lane.results.end(),
                                 [&](const MetricSummary& result) { return result.metric == metric; });
    return at != lane.results.end() ? &*at : nullptr;
}

const MetricSummary* sameTest(const LaneReport& lane, const MetricSummary& summary) {
    const auto at = std::find_if(lane.results.begin(), lane.results.end(), [&](const MetricSummary& result) {
        return result.metric == summary.metric && result.test == summary.test &&
               result.prompt == summary.prompt && result.generate == summary.generate &&
               result.depth == summary.depth;
    });
    return at != lane.results.end() ? &*at : nullptr;
}

std::string testName(const MetricSummary& summary) {
    std::string name = summary.test;
    if (summary.prompt > 0)
        name += " " + std::to_string(summary.prompt) +
                (summary.generate > 0 ? "+" + std::to_string(summary.generate) : "");
    else if (summary.generate > 0)
        name += " " + std::to_string(summary.generate);
    return summary.depth > 0 ? name + " @ " + std::to_string(summary.depth) : name;
}

bool energyIsEstimated(const LaneReport& lane) {
    return std::any_of(lane.energy.begin(), lane.energy.end(),
                       [](const EnergyRow& row) { return row.provenance == "estimated"; });
}

}  // namespace engine
