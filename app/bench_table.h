#pragma once

#include <string>
#include <vector>

#include "engine/report/report.h"

namespace app {

/// What a benchmark found, for people: medians, intervals, then what to know before trusting them.
void printBenchTable(const std::vector<std::string>& notes, const engine::RunReport& report);

}  // namespace app
