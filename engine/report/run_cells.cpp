#include "engine/report/run_cells.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

using Json = nlohmann::json;

double numberIn(const Json& json, const char* key, double otherwise) {
    const auto at = json.is_object() ? json.find(key) : json.end();
    return json.is_object() && at != json.end() && at->is_number() ? at->get<double>() : otherwise;
}

CellRules rulesOf(const RunReport& report) {
    const auto json = Json::parse(report.run.profileText, nullptr, false);
    CellRules rules;
    rules.repetitions = {static_cast<std::int64_t>(numberIn(json, "repetitions_min", 1.0)),
                         static_cast<std::int64_t>(numberIn(json, "repetitions", 1.0)),
                         numberIn(json, "interval_percent", 0.0)};
    rules.warmup = {static_cast<std::int64_t>(numberIn(json, "warmups", 0.0)),
                    numberIn(json, "warmup_agree_percent", 0.0)};
    for (const auto& lane : report.lanes)
        rules.mostThreads = std::max(rules.mostThreads, lane.lane.threads);
    return rules;
}

bool isCell(const std::string& test) {
    return test == "prefill" || test == "decode" || test == "evaluate";
}

std::vector<BenchmarkTest> testsIn(const RunReport& report) {
    std::vector<BenchmarkTest> tests;
    for (const auto& lane : report.lanes)
        for (const auto& result : lane.results) {
            const BenchmarkTest test{result.test, result.prompt, result.generate, result.depth};
            if (isCell(test.test) && std::find(tests.begin(), tests.end(), test) == tests.end())
                tests.push_back(test);
        }
    return tests;
}

}  // namespace

std::vector<BenchmarkCell> runCells(const RunReport& report) {
    const auto rules = rulesOf(report);
    const auto tests = testsIn(report);
    std::vector<BenchmarkCell> cells;
    for (const auto& lane : report.lanes)
        for (const auto& test : tests)
            cells.push_back(cellOf(lane.lane, test, lane.samples, lane.energy, rules));
    return cells;
}

std::string cellValue(const BenchmarkCell& cell) {
    if (cell.perplexity)
        return "perplexity " + formatNumber(*cell.perplexity);
    if (cell.speed)
        return formatMetric(speedMetric(cell.test), cell.speed->median);
    return "–";
}

std::string cellInterval(const BenchmarkCell& cell) {
    if (cell.perplexity)
        return cell.klMean ? "KL " + formatNumber(*cell.klMean) +
                                 (cell.top1 ? " · top-1 " + formatMetric("top1", *cell.top1) : "")
                           : "reference";
    if (!cell.speed || !cell.speed->ci95)
        return "–";
    return formatNumber(cell.speed->ci95->low) + " … " + formatNumber(cell.speed->ci95->high);
}

std::string cellEnergy(const BenchmarkCell& cell) {
    if (!cell.joulesPerToken)
        return "–";
    return formatMetric("joules_per_token", cell.joulesPerToken->median) +
           (cell.energyEstimated ? " (estimated)" : "");
}

std::string cellWarnings(const BenchmarkCell& cell) {
    std::string text = cell.status == "failed" ? "failed: " + cell.error : "";
    for (const auto& warning : cell.warnings)
        text += (text.empty() ? "" : "; ") + warning;
    return text;
}

ReportTable cellTable(const RunReport& report) {
    ReportTable table{
        {"Lane", "Test", "Median", "95 % interval", "n", "Energy", "Memory", "Warnings"}, {}, false};
    for (const auto& cell : runCells(report)) {
        const auto warnings = cellWarnings(cell);
        table.rows.push_back({cell.laneName, testText(cell.test), cellValue(cell), cellInterval(cell),
                              cell.speed ? std::to_string(cell.speed->n) : "–", cellEnergy(cell),
                              cell.peakRssBytes ? formatMetric("peak_rss_bytes", *cell.peakRssBytes) : "–",
                              warnings.empty() ? "–" : warnings});
    }
    return table;
}

}  // namespace engine
