#include "engine/report/baseline.h"

#include <cmath>

#include "engine/metrics/mann_whitney.h"
#include "engine/report/lane_samples.h"
#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

int likeness(const LaneReport& a, const LaneReport& b) {
    return (a.lane.kernelSpec == b.lane.kernelSpec ? 4 : 0) + (a.lane.threads == b.lane.threads ? 2 : 0) +
           (a.lane.kv == b.lane.kv ? 1 : 0);
}

std::string changeText(double ratio) {
    const double percent = 100.0 * std::abs(ratio - 1.0);
    return (ratio < 1.0 ? "−" : "+") + formatFixed(percent, percent < 10.0 ? 1 : 0) + " %";
}

std::string pText(double p) {
    return p < 0.001 ? "p < 0.001" : "p = " + formatFixed(p, 3);
}

}  // namespace

const LaneReport* baselineLane(const LaneReport& lane, const RunReport& baseline) {
    const LaneReport* best = nullptr;
    for (const auto& other : baseline.lanes) {
        const bool same = other.lane.variant == lane.lane.variant &&
                          other.lane.modelName == lane.lane.modelName && !other.results.empty();
        if (same && (best == nullptr || likeness(lane, other) > likeness(lane, *best)))
            best = &other;
    }
    return best;
}

BaselineReading compareWithBaseline(const LaneReport& lane, const RunReport& baseline,
                                    std::string_view metric) {
    const auto* other = baselineLane(lane, baseline);
    if (other == nullptr)
        return {};
    if (other->lane.id == lane.lane.id && other->lane.runId == lane.lane.runId)
        return {Verdict::none, "baseline", "This is the baseline that others are held against", {}};
    for (const auto& result : lane.results) {
        if (result.metric != metric)
            continue;
        const auto* base = sameTest(*other, result);
        if (base == nullptr || base->summary.median <= 0.0 || result.summary.median <= 0.0)
            continue;
        const auto mine = valuesOf(lane, result);
        const auto theirs = valuesOf(*other, *base);
        const double ratio = result.summary.median / base->summary.median;
        const auto test = mannWhitney(mine, theirs);
        BaselineReading reading;
        reading.p = test ? std::optional(test->p) : std::nullopt;
        const std::string both = testName(result) + ": " + formatMetric(metric, result.summary.median) +
                                 " (n = " + std::to_string(mine.size()) + ") against " +
                                 formatMetric(metric, base->summary.median) +
                                 " (n = " + std::to_string(theirs.size()) + ") in run " +
                                 std::to_string(baseline.run.id) + ", lane " + other->lane.name;
        if (!test || smallestRankP(mine.size(), theirs.size()) >= kSignificant) {
            reading.verdict = Verdict::single;
            reading.words = changeText(ratio) + ", n too small";
            reading.sentence = both + "; too few repetitions to tell a difference from chance";
        } else if (test->p >= kSignificant) {
            reading.verdict = Verdict::same;
            reading.words = "≈ no significant difference";
            reading.sentence = both + "; no significant difference (" + pText(test->p) + ")";
        } else {
            const bool better = (ratio > 1.0) == metricInfo(metric).higherIsBetter;
            reading.verdict = better ? Verdict::better : Verdict::worse;
            reading.words = changeText(ratio) + (ratio > 1.0 ? " ▲" : " ▼") + " " + pText(test->p);
            reading.sentence = both + (better ? "; better, " : "; worse, ") + pText(test->p) +
                               " by Mann-Whitney U" + (test->exact ? ", exact" : ", normal approximation");
        }
        return reading;
    }
    return {};
}

}  // namespace engine
