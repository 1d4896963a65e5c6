#pragma once

#include <string>

#include "engine/benchmark/benchmark.h"

namespace engine {

/// The request as a run stores it: what was asked, lane by lane, with the profile that it came from.
std::string toText(const BenchmarkRequest& request);

/// The request that toText() wrote. Errors: corrupt.
Result<BenchmarkRequest> benchmarkRequestFromText(const std::string& text);

}  // namespace engine
