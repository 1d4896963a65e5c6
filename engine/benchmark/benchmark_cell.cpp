#include "engine/benchmark/benchmark_cell.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/benchmark/background_load.h"
#include "engine/benchmark/machine_state.h"
#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

/// From here on the first repetition counts as slow: percent below the median of the others.
constexpr double kSlowFirstPercent = 20.0;

using Values = std::map<std::string, std::vector<double>>;

std::optional<double> most(const Values& values, const std::string& metric) {
    const auto at = values.find(metric);
    if (at == values.end())
        return std::nullopt;
    return *std::max_element(at->second.begin(), at->second.end());
}

std::optional<double> last(const Values& values, const std::string& metric) {
    const auto at = values.find(metric);
    return at == values.end() ? std::nullopt : std::optional(at->second.back());
}

std::string ofRepetitions(std::size_t some, std::size_t all) {
    return std::to_string(some) + " of " + std::to_string(all);
}

class Warnings {
public:
    Warnings(const Values& values, std::span<const SampleRow> rows, const CellRules& rules)
        : values_(values), rows_(rows), rules_(rules) {}

    std::vector<std::string> all(const std::vector<double>& speeds) {
        ofLoad(speeds.size());
        ofHeat();
        ofClock();
        ofSpread(speeds);
        return std::move(words_);
    }

private:
    void ofLoad(std::size_t repetitions) {
        std::set<int> busy;
        double pressure = 0.0;
        for (const auto& row : rows_) {
            const bool isPressure = row.metric.starts_with("cpu_pressure_");
            if (isPressure)
                pressure = std::max(pressure, row.value);
            if ((isPressure && row.value > kBusyPressurePercent) ||
                (row.metric == "load_average_before" && row.value > rules_.mostThreads + kBusyLoadAboveOwn))
                busy.insert(row.repetition);
        }
        if (!busy.empty())
            words_.push_back("busy in " + ofRepetitions(busy.size(), repetitions) + " (CPU pressure up to " +
                             formatNumber(pressure) + " %)");
    }

    void ofHeat() {
        double times = 0.0;
        if (const auto at = values_.find("throttles_during"); at != values_.end())
            for (const double count : at->second)
                times += count;
        if (times > 0.0)
            words_.push_back("throttled " + formatFixed(times, 0) + "×");
        if (const auto hottest = most(values_, "celsius_during"); hottest && *hottest >= kHotCelsius)
            words_.push_back("hot: " + formatFixed(*hottest, 0) + " °C");
    }

    void ofClock() {
        const auto at = values_.find("mhz_during");
        if (at == values_.end() || at->second.size() < 2)
            return;
        const auto [low, high] = std::minmax_element(at->second.begin(), at->second.end());
        if (*low < *high * (1.0 - kClockFallPercent / 100.0))
            words_.push_back("clock fell from " + formatFixed(*high, 0) + " to " + formatFixed(*low, 0) +
                             " MHz");
    }

    void ofSpread(const std::vector<double>& speeds) {
        if (speeds.size() >= 3) {
            const double others = median(std::span(speeds).subspan(1));
            if (speeds.front() < others * (1.0 - kSlowFirstPercent / 100.0))
                words_.push_back("slow first run");
        }
        const double wanted = rules_.repetitions.intervalPercent;
        if (wanted > 0.0 && static_cast<std::int64_t>(speeds.size()) >= rules_.repetitions.max)
            if (const double width = intervalWidthPercent(speeds); width > wanted && speeds.size() > 1)
                words_.push_back("interval " + formatNumber(width) + " %, wanted " + formatNumber(wanted) +
                                 " %");
        const auto warmups = values_.find("warmup_ms");
        if (rules_.warmup.agreePercent > 0.0 && warmups != values_.end() &&
            static_cast<std::int64_t>(warmups->second.size()) >= rules_.warmup.max &&
            !mediansAgree(rules_.warmup, warmups->second))
            words_.push_back("warm-up had not settled");
    }

    const Values& values_;
    std::span<const SampleRow> rows_;
    const CellRules& rules_;
    std::vector<std::string> words_;
};

void addEnergy(BenchmarkCell& cell, std::span<const EnergyRow> energy) {
    const auto prefix = testText(cell.test) + ": ";
    for (const auto& row : energy) {
        if (row.joules) {
            cell.energySource = row.source;
            cell.energyEstimated = row.provenance == "estimated";
        } else if (row.reason.starts_with(prefix)) {
            cell.energyReason = row.reason.substr(prefix.size());
        } else if (row.source == "none") {
            cell.energyReason = row.reason;
        }
    }
    if (cell.joulesPerToken)
        cell.energyReason.clear();
    else
        cell.energySource.clear();
    if (cell.energyReason.starts_with("window too short"))
        cell.warnings.push_back("energy " + cell.energyReason);
}

}  // namespace

BenchmarkCell cellOf(const LaneRow& lane, const BenchmarkTest& test, std::span<const SampleRow> samples,
                     std::span<const EnergyRow> energy, const CellRules& rules) {
    BenchmarkCell cell;
    cell.lane = static_cast<std::size_t>(lane.position);
    cell.laneName = lane.name;
    cell.status = lane.status;
    cell.error = lane.error;
    cell.test = test;
    std::vector<SampleRow> rows;
    Values values;
    for (const auto& sample : samples) {
        if (sample.test != test.test || sample.prompt != test.prompt || sample.generate != test.generate ||
            sample.depth != test.depth || sample.metric == "itl_ms")
            continue;
        rows.push_back(sample);
        values[sample.metric].push_back(sample.value);
    }
    cell.perplexity = last(values, "perplexity");
    cell.klMean = last(values, "kl_mean");
    cell.top1 = last(values, "top1");
    cell.peakRssBytes = most(values, "peak_rss_bytes");
    const auto& speeds = values[speedMetric(test)];
    if (!speeds.empty()) {
        cell.speed = summarize(speeds);
        cell.newestSpeed = speeds.back();
    }
    if (const auto at = values.find("joules_per_token"); at != values.end())
        cell.joulesPerToken = summarize(at->second);
    cell.warnings = Warnings(values, rows, rules).all(speeds);
    addEnergy(cell, energy);
    return cell;
}

}  // namespace engine
