#pragma once

#include "engine/benchmark/benchmark.h"

namespace engine {

/// How long a benchmark takes at most, before it starts.
struct TimeEstimate {
    double seconds = 0.0;
    bool measured = false;  ///< every speed is from an earlier run here; else some come from file sizes
};

/// Speeds of the same models in the newest runs of `store` (may be null), else what memory and arithmetic of
/// a usual machine allow a file of that size: right within a factor of a few.
TimeEstimate estimateTime(const BenchmarkRequest& request, Store* store);

}  // namespace engine
