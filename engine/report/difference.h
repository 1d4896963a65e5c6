#pragma once

#include <string>
#include <string_view>

#include "engine/report/report.h"

namespace engine {

enum class Verdict { none, better, worse, same, single };  // single: one measurement a side, so no spread

/// One value against another, as people say it: "2.1× faster", "−63 %", "no difference seen".
struct Difference {
    Verdict verdict = Verdict::none;
    std::string words;  ///< empty when the two cannot be compared
};

/// Single values. Within 2 % counts as the same: repeated runs differ by that much on a quiet machine.
Difference compareValues(std::string_view metric, double value, double reference);

/// Repeated measurements: the same unless the 95 % bootstrap interval of the ratio of medians excludes 1.
/// With one measurement on a side there is no interval: the words of compareValues() with "n = 1", and no
/// verdict. Not comparable when a side lacks the metric.
Difference compareSummaries(const LaneReport& lane, const LaneReport& reference, std::string_view metric);

}  // namespace engine
