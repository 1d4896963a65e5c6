#include "engine/report/run_warnings.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "engine/benchmark/background_load.h"
#include "engine/benchmark/benchmark_test.h"
#include "engine/benchmark/repetition_rules.h"
#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

using Json = nlohmann::json;
using TestKey = std::tuple<std::string, std::int64_t, std::int64_t, std::int64_t>;

TestKey keyOf(const SampleRow& sample) {
    return {sample.test, sample.prompt, sample.generate, sample.depth};
}

std::string textOf(const TestKey& key) {
    const auto& [test, prompt, generate, depth] = key;
    return testText({test, prompt, generate, depth});
}

double numberIn(const Json& json, const char* key) {
    return json.is_object() && json.contains(key) && json[key].is_number() ? json[key].get<double>() : 0.0;
}

void warnOfLoad(const RunReport& report, std::vector<std::string>& warnings) {
    int mostThreads = 0;
    for (const auto& lane : report.lanes)
        mostThreads = std::max(mostThreads, lane.lane.threads);
    std::set<std::tuple<std::int64_t, TestKey, int>> all;
    std::set<std::tuple<std::int64_t, TestKey, int>> busy;
    double pressure = 0.0;
    double load = 0.0;
    for (const auto& lane : report.lanes)
        for (const auto& sample : lane.samples) {
            const bool isPressure = sample.metric.starts_with("cpu_pressure_");
            const bool isLoad = sample.metric == "load_average_before";
            if (!isPressure && !isLoad)
                continue;
            const std::tuple repetition(lane.lane.id, keyOf(sample), sample.repetition);
            all.insert(repetition);
            (isPressure ? pressure : load) = std::max(isPressure ? pressure : load, sample.value);
            if (sample.value > (isPressure ? kBusyPressurePercent : mostThreads + kBusyLoadAboveOwn))
                busy.insert(repetition);
        }
    if (!busy.empty())
        warnings.push_back(std::to_string(busy.size()) + " of " + std::to_string(all.size()) +
                           " repetitions ran while the machine was busy (CPU pressure up to " +
                           formatNumber(pressure) + " %, load average up to " + formatNumber(load) +
                           " with " + std::to_string(mostThreads) +
                           " threads of the benchmark's own); end other programs and measure again");
}

void warnOfSpread(const LaneReport& lane, const Json& rules, std::vector<std::string>& warnings) {
    const double wanted = numberIn(rules, "interval_percent");
    const WarmupRule warmup{static_cast<std::int64_t>(numberIn(rules, "warmups")),
                            numberIn(rules, "warmup_agree_percent")};
    std::map<TestKey, std::vector<double>> speeds;
    std::map<TestKey, std::vector<double>> warmups;
    for (const auto& sample : lane.samples) {
        if (sample.metric == "prefill_tokens_per_s" || sample.metric == "decode_tokens_per_s")
            speeds[keyOf(sample)].push_back(sample.value);
        if (sample.metric == "warmup_ms")
            warmups[keyOf(sample)].push_back(sample.value);
    }
    if (wanted > 0.0)
        for (const auto& [key, values] : speeds)
            if (const double width = intervalWidthPercent(values); values.size() > 1 && width > wanted)
                warnings.push_back("lane " + lane.lane.name + ", " + textOf(key) + ": the interval is " +
                                   formatNumber(width) + " % of the median wide after " +
                                   std::to_string(values.size()) + " repetitions, wanted " +
                                   formatNumber(wanted) + " %");
    if (warmup.agreePercent > 0.0)
        for (const auto& [key, values] : warmups)
            if (static_cast<std::int64_t>(values.size()) >= warmup.max && !mediansAgree(warmup, values))
                warnings.push_back("lane " + lane.lane.name + ", " + textOf(key) +
                                   ": the warm-up had not settled within " +
                                   formatNumber(warmup.agreePercent) + " % after " +
                                   std::to_string(values.size()) + " runs");
}

}  // namespace

std::vector<std::string> runWarnings(const RunReport& report) {
    std::vector<std::string> warnings;
    if (report.run.kind == "compare" && laneOrderOf(report.run) == "concurrent")
        warnings.emplace_back(
            "the lanes ran at the same time and shared this machine: their speed and energy are not fair; "
            "run "
            "the comparison in sequence for figures");
    if (report.run.kind != "bench")
        return warnings;
    warnOfLoad(report, warnings);
    const auto rules = Json::parse(report.run.profileText, nullptr, false);
    for (const auto& lane : report.lanes)
        warnOfSpread(lane, rules, warnings);
    return warnings;
}

std::string laneOrderOf(const RunRow& run) {
    const auto text = Json::parse(run.profileText, nullptr, false);
    const bool together = text.is_object() && text.contains("order") && text["order"] == "concurrent";
    return together ? "concurrent" : "sequential";
}

std::string profileLine(const RunRow& run) {
    const auto text = Json::parse(run.profileText, nullptr, false);
    const auto profile = text.is_object() && text.contains("profile") ? text["profile"] : Json();
    if (!profile.is_object() || !profile.contains("sha256") || !profile["sha256"].is_string())
        return run.profile;
    const bool shipped = profile.contains("shipped") && profile["shipped"] == true;
    const auto state = shipped ? ", unmodified" : run.profile == "ad hoc" ? "" : ", not as shipped";
    return run.profile + state + " (sha256 " + profile["sha256"].get<std::string>() + ")";
}

}  // namespace engine
