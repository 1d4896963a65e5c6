#include "app/bench_table.h"

#include <cstdio>
#include <iostream>

#include "engine/report/run_warnings.h"

namespace app {
namespace {

/// How the measurements were made, which the tables leave to the warnings.
bool isCondition(const std::string& metric) {
    return metric == "warmup_ms" || metric.starts_with("cpu_pressure_") || metric == "load_average_before";
}

}  // namespace

void printBenchTable(const std::vector<std::string>& notes, const engine::RunReport& report) {
    std::cout << "run " << report.run.id << ", profile " << engine::profileLine(report.run) << '\n';
    for (const auto& note : notes)
        std::cout << "note: " << note << '\n';
    for (const auto& lane : report.lanes) {
        std::cout << lane.lane.name << " (" << lane.lane.status
                  << (lane.lane.error.empty() ? "" : ": " + lane.lane.error) << ")\n";
        for (const auto& result : lane.results) {
            if (isCondition(result.metric))
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
    }
    for (const auto& warning : engine::runWarnings(report))
        std::cout << "warning: " << warning << '\n';
    std::cout << std::flush;
}

}  // namespace app
