#include "engine/report/difference.h"

#include <cmath>

#include "engine/metrics/statistics.h"
#include "engine/report/lane_samples.h"
#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

constexpr double kSame = 0.02;
constexpr double kTimesFrom = 1.5;  // larger speed ratios read better as "2.1×" than as "+110 %"

std::string percentText(double change) {
    const double percent = std::abs(100.0 * change);
    return (change < 0 ? "−" : "+") + formatFixed(percent, percent < 10.0 ? 1 : 0) + " %";
}

}  // namespace

Difference compareValues(std::string_view metric, double value, double reference) {
    if (!std::isfinite(value) || !std::isfinite(reference) || reference <= 0.0 || value <= 0.0)
        return {};
    const auto info = metricInfo(metric);
    const double ratio = value / reference;
    if (std::abs(ratio - 1.0) < kSame)
        return {Verdict::same, "≈ the same"};
    const bool better = (ratio > 1.0) == info.higherIsBetter;
    const Verdict verdict = better ? Verdict::better : Verdict::worse;
    const bool speed = info.unit == "ms" || info.unit == "tok/s";
    const double times = ratio > 1.0 ? ratio : 1.0 / ratio;
    if (!speed || times < kTimesFrom)
        return {verdict, percentText(ratio - 1.0)};
    return {verdict, formatFixed(times, 1) + (better ? "× faster" : "× slower")};
}

Difference compareSummaries(const LaneReport& lane, const LaneReport& reference, std::string_view metric) {
    const auto* a = summaryOf(lane, metric);
    const auto* b = summaryOf(reference, metric);
    if (a == nullptr || b == nullptr)
        return {};
    if (a->summary.n > 1 && b->summary.n > 1) {
        const auto interval = bootstrapRatio95(valuesOf(lane, *a), valuesOf(reference, *b));
        if (interval && interval->low <= 1.0 && interval->high >= 1.0)
            return {Verdict::same, "no difference seen"};
    }
    auto difference = compareValues(metric, a->summary.median, b->summary.median);
    if (difference.verdict != Verdict::none && (a->summary.n < 2 || b->summary.n < 2))
        return {Verdict::single, difference.words + ", n = 1"};
    return difference;
}

}  // namespace engine
