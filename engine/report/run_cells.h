#pragma once

#include <vector>

#include "engine/benchmark/benchmark_cell.h"
#include "engine/report/report.h"
#include "engine/report/report_document.h"

namespace engine {

/// Every lane of a benchmark in every of its tests, in the order of measuring.
std::vector<BenchmarkCell> runCells(const RunReport& report);

/// "41.1 tok/s", "perplexity 9.66", the lane's failure, or "–".
std::string cellValue(const BenchmarkCell& cell);
/// "40.7 … 41.4", "KL 0.0012 · top-1 98.4 %", or "–".
std::string cellInterval(const BenchmarkCell& cell);
/// "0.52 J/token", or "–".
std::string cellEnergy(const BenchmarkCell& cell);
/// Warnings in one line; empty for none.
std::string cellWarnings(const BenchmarkCell& cell);

/// Lane, test, median, interval, n, energy, memory, warnings.
ReportTable cellTable(const RunReport& report);

}  // namespace engine
