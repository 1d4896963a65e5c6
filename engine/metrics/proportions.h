#pragma once

#include <cstdint>

#include "engine/metrics/statistics.h"

namespace engine {

/// 95 % score interval of a share `hits` of `n` (Wilson 1927), n > 0; stays within 0..1 also at 0 % and 100
/// %.
Interval wilson95(std::int64_t hits, std::int64_t n);

/// Two-sided p of the exact McNemar test: of paired outcomes that differ, `lost` went one way and `gained`
/// the other (binomial with 1/2). 1 when none differs.
double mcnemarP(std::int64_t lost, std::int64_t gained);

}  // namespace engine
