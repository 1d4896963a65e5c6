#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/report/difference.h"
#include "engine/report/report.h"

namespace engine {

/// The tag of the run that others are held against; at most one run of a database has it.
inline constexpr std::string_view kBaselineTag = "baseline";
/// Differences at or above this p are called none (two-sided Mann-Whitney U).
inline constexpr double kSignificant = 0.05;

/// A lane's metric against the matching lane of the baseline run.
struct BaselineReading {
    Verdict verdict = Verdict::none;
    std::string words;     ///< "+4.2 % ▲", "≈ no significant difference"; empty where nothing matches
    std::string sentence;  ///< the same with p, n and both medians, for a tool tip
    std::optional<double> p;
};

/// The lane of `baseline` that measured the same model and variant, if possible with the same kernels,
/// threads and KV cache; null where there is none. On another machine the same rules hold.
const LaneReport* baselineLane(const LaneReport& lane, const RunReport& baseline);

/// Compares the first test of `metric` that both lanes measured. With fewer repetitions than could ever be
/// significant the verdict is `single` and the words say so.
BaselineReading compareWithBaseline(const LaneReport& lane, const RunReport& baseline,
                                    std::string_view metric);

}  // namespace engine
