#include "engine/benchmark/repetition_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/metrics/statistics.h"

namespace engine {
namespace {

constexpr std::size_t kWindow = 3;

double medianOfLast(std::span<const double> values) {
    return median(values.last(std::min(kWindow, values.size())));
}

bool reached(std::span<const double> values, std::int64_t count) {
    return static_cast<std::int64_t>(values.size()) >= count;
}

}  // namespace

double intervalWidthPercent(std::span<const double> values) {
    const auto interval = bootstrapMedian95(values);
    const double middle = values.empty() ? 0.0 : median(values);
    if (!interval || middle == 0.0)
        return std::numeric_limits<double>::infinity();
    return 100.0 * (interval->high - interval->low) / std::abs(middle);
}

bool mediansAgree(const WarmupRule& rule, std::span<const double> values) {
    if (values.size() < 2)
        return false;
    const double before = medianOfLast(values.first(values.size() - 1));
    return std::abs(medianOfLast(values) - before) <= rule.agreePercent / 100.0 * std::abs(before);
}

bool warmedUp(const WarmupRule& rule, std::span<const double> values) {
    return reached(values, rule.max) || (rule.agreePercent > 0.0 && mediansAgree(rule, values));
}

bool measuredEnough(const RepetitionRule& rule, std::span<const double> values) {
    if (reached(values, rule.max))
        return true;
    return rule.intervalPercent > 0.0 && reached(values, std::max<std::int64_t>(rule.min, 2)) &&
           intervalWidthPercent(values) <= rule.intervalPercent;
}

}  // namespace engine
