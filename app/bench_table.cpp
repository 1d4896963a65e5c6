#include "app/bench_table.h"

#include <cstdio>
#include <iostream>

#include "engine/report/metric_catalog.h"
#include "engine/report/run_cells.h"
#include "engine/report/run_warnings.h"

namespace app {
namespace {

std::string joinedWarnings(const engine::BenchmarkCell& cell) {
    std::string text;
    for (const auto& warning : cell.warnings)
        text += (text.empty() ? "" : "; ") + warning;
    return text;
}

}  // namespace

void printBenchTable(const std::vector<std::string>& notes, const engine::RunReport& report) {
    std::cout << "run " << report.run.id << ", profile " << engine::profileLine(report.run) << '\n';
    for (const auto& note : notes)
        std::cout << "note: " << note << '\n';
    const auto cells = engine::runCells(report);
    for (const auto& lane : report.lanes) {
        std::cout << lane.lane.name << " (" << lane.lane.status
                  << (lane.lane.error.empty() ? "" : ": " + lane.lane.error) << ")\n";
        for (const auto& result : lane.results) {
            if (engine::metricInfo(result.metric).condition)
                continue;
            char text[200];
            const auto& s = result.summary;
            std::snprintf(text, sizeof text,
                          "  %-8s prompt %5lld generate %5lld depth %5lld  %-22s median %.5g %s",
                          result.test.c_str(), static_cast<long long>(result.prompt),
                          static_cast<long long>(result.generate), static_cast<long long>(result.depth),
                          result.metric.c_str(), s.median, result.unit.c_str());
            std::cout << text;
            if (s.ci95) {
                std::snprintf(text, sizeof text, "  [%.5g, %.5g]", s.ci95->low, s.ci95->high);
                std::cout << text;
            }
            std::cout << "  n=" << s.n << '\n';
        }
        for (const auto& cell : cells)
            if (cell.lane == static_cast<std::size_t>(lane.lane.position) && !cell.warnings.empty())
                std::cout << "  " << engine::testText(cell.test) << ": " << joinedWarnings(cell) << '\n';
    }
    for (const auto& warning : engine::runWarnings(report))
        std::cout << "warning: " << warning << '\n';
    std::cout << std::flush;
}

}  // namespace app
