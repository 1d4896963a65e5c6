#pragma once

#include <string>
#include <vector>

#include "engine/report/report.h"

namespace engine {

/// What a reader has to know before trusting a benchmark's numbers, one sentence each: repetitions while
/// other work wanted the CPUs (thresholds in engine/benchmark/background_load.h), warm-ups that did not
/// settle, intervals that stayed wider than the profile wanted; of a comparison, lanes that ran at the same
/// time. Empty for what the run does not tell.
std::vector<std::string> runWarnings(const RunReport& report);

/// When a comparison's lanes answered: "sequential" or "concurrent".
std::string laneOrderOf(const RunRow& run);

/// "quick, unmodified (sha256 12ab34cd…)", "quick, not as shipped (…)", the name alone where no digest is
/// known.
std::string profileLine(const RunRow& run);

}  // namespace engine
