#include "engine/benchmark/run_recorder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/version.h"
#include "engine/benchmark/benchmark_json.h"
#include "engine/system/system_info.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

const BenchmarkTest kLoad{"load", 0, 0, 0};
const BenchmarkTest kIdle{"idle", 0, 0, 0};
const BenchmarkTest kQuality{"evaluate", 0, 0, 0};

bool isOf(const SampleRow& sample, const BenchmarkTest& test) {
    return sample.test == test.test && sample.prompt == test.prompt && sample.generate == test.generate &&
           sample.depth == test.depth;
}

}  // namespace

Result<void> RunRecorder::begin() {
    RunRow run;
    run.kind = "bench";
    run.status = "running";
    run.startedAt = utcNow();
    run.profile = request_.profile.id;
    run.profileText = toText(request_);
    run.machine = systemInfoJson();
    run.build = buildText();
    run.seed = request_.seed;
    auto id = store_.addRun(run);
    if (!id)
        return id.error();
    runId_ = *id;
    for (std::size_t i = 0; i < request_.lanes.size(); ++i) {
        const auto& load = request_.lanes[i].load;
        Lane lane;
        lane.row.runId = runId_;
        lane.row.position = static_cast<int>(i);
        lane.row.name = request_.lanes[i].name;
        lane.row.modelPath = load.model;
        lane.row.kernelSpec = load.kernels;
        lane.row.settings = toJson(load).dump(-1, ' ', false, Json::error_handler_t::replace);
        lane.row.kv = load.kv;
        lane.row.threads = load.threads;
        lane.row.status = "running";
        lane.speeds.resize(request_.tests.size());
        auto laneId = store_.addLane(lane.row);
        if (!laneId)
            return laneId.error();
        lane.row.id = *laneId;
        lanes_.push_back(std::move(lane));
    }
    return {};
}

Result<void> RunRecorder::reopen(std::int64_t runId) {
    runId_ = runId;
    auto rows = store_.lanes(runId);
    if (!rows)
        return rows.error();
    if (rows->size() != request_.lanes.size())
        return Error{ErrorCode::invalidInput,
                     "run " + std::to_string(runId) + " stopped before its lanes began; run it anew"};
    for (auto& row : *rows) {
        Lane lane;
        row.status = "running";
        row.error.clear();
        if (auto updated = store_.updateLane(row); !updated)
            return updated;
        auto samples = store_.samples(row.id);
        if (!samples)
            return samples.error();
        auto energy = store_.energy(row.id);
        if (!energy)
            return energy.error();
        for (const auto& test : request_.tests) {
            auto& values = lane.speeds.emplace_back();
            for (const auto& sample : *samples)
                if (sample.metric == speedMetric(test) && isOf(sample, test))
                    values.push_back(sample.value);
        }
        lane.evaluated = std::any_of(samples->begin(), samples->end(),
                                     [](const auto& sample) { return isOf(sample, kQuality); });
        std::erase_if(*samples, [](const auto& sample) { return sample.metric == "itl_ms"; });
        lane.samples = std::move(*samples);
        lane.energy = std::move(*energy);
        lane.row = std::move(row);
        lanes_.push_back(std::move(lane));
    }
    return store_.reopenRun(runId);
}

SampleRow RunRecorder::sample(std::size_t lane, const BenchmarkTest& test, int repetition,
                              const std::string& metric, const char* unit, double value) const {
    SampleRow row;
    row.laneId = lanes_[lane].row.id;
    row.repetition = repetition;
    row.test = test.test;
    row.prompt = test.prompt;
    row.generate = test.generate;
    row.depth = test.depth;
    row.metric = metric;
    row.unit = unit;
    row.value = value;
    row.measuredAt = utcNow();
    return row;
}

Result<void> RunRecorder::keep(std::size_t lane, std::vector<SampleRow> rows) {
    if (auto added = store_.addSamples(rows); !added)
        return added;
    std::erase_if(rows, [](const auto& row) { return row.metric == "itl_ms"; });
    auto& kept = lanes_[lane].samples;
    kept.insert(kept.end(), rows.begin(), rows.end());
    return {};
}

Result<void> RunRecorder::loaded(std::size_t lane, const LoadedModel& model, const std::string& digest) {
    auto& row = lanes_[lane].row;
    row.modelName = model.config.name;
    row.variant = model.config.variant;
    row.format = model.format;
    row.digest = digest;
    row.threads = model.threads;
    row.kernelPlan = toJson(model.plan).dump();
    if (auto updated = store_.updateLane(row); !updated)
        return updated;
    return keep(lane, {sample(lane, kLoad, 0, "load_ms", "ms", model.loadMs)});
}

Result<void> RunRecorder::idle(std::size_t lane, double watts) {
    return keep(lane, {sample(lane, kIdle, 0, "idle_watts", "W", watts)});
}

Result<void> RunRecorder::warmup(std::size_t lane, std::size_t test, int repetition, double milliseconds) {
    return keep(lane, {sample(lane, request_.tests[test], repetition, "warmup_ms", "ms", milliseconds)});
}

Result<void> RunRecorder::measured(std::size_t lane, std::size_t testIndex, int repetition,
                                   const MeasureResult& result, const WatchedSpan& span) {
    const auto& test = request_.tests[testIndex];
    const auto tokens = static_cast<double>(test.test == "prefill" ? test.prompt : test.generate);
    const double speed = tokens / result.milliseconds * 1000.0;
    std::vector<SampleRow> rows;
    const auto add = [&](const char* metric, const char* unit, std::optional<double> value) {
        if (value)
            rows.push_back(sample(lane, test, repetition, metric, unit, *value));
    };
    const auto number = [](const std::optional<std::int64_t>& value) {
        return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
    };
    rows.push_back(sample(lane, test, repetition, speedMetric(test), "tok/s", speed));
    add("ttft_ms", "ms", result.ttftMs);
    for (const double gap : result.itlMs)
        add("itl_ms", "ms", gap);
    add("peak_rss_bytes", "bytes", static_cast<double>(result.peakRssBytes));
    add("joules_per_token", "J/token", result.energy.joulesPerToken);
    add("energy_gross_joules", "J", result.energy.grossJoules);
    if (result.energy.idleWatts)
        add("energy_net_joules", "J", result.energy.joules);
    if (result.startedUnixMs > 0.0) {
        add("started_unix_ms", "ms since 1970", result.startedUnixMs);
        add("elapsed_ms", "ms", result.milliseconds);
    }
    add("cpu_pressure_before", "%", span.before.pressureAvg10);
    add("cpu_pressure_during", "%", span.pressurePercent);
    add("load_average_before", "threads", span.before.loadAverage);
    add("mhz_before", "MHz", span.start.mhz);
    add("mhz_during", "MHz", span.lowestMhz);
    add("celsius_before", "°C", span.start.celsius);
    add("celsius_during", "°C", span.hottestCelsius);
    add("throttles_during", "", number(span.throttles));
    if (auto added = keep(lane, std::move(rows)); !added)
        return added;
    lanes_[lane].speeds[testIndex].push_back(speed);
    return keepEnergy(lane, test, repetition, result.energy);
}

Result<void> RunRecorder::keepEnergy(std::size_t lane, const BenchmarkTest& test, int repetition,
                                     const EnergyResult& energy) {
    EnergyRow row;
    row.laneId = lanes_[lane].row.id;
    row.repetition = repetition;
    row.joules = energy.joules;
    row.joulesPerToken = energy.joulesPerToken;
    row.source = energy.source;
    row.provenance = std::string(name(energy.provenance));
    row.reason = energy.reason;
    // A meter that was there and gave nothing failed in one test; the row has no other place to say which.
    if (energy.source != "none" && !energy.reason.empty())
        row.reason = testText(test) + ": " + energy.reason;
    auto added = store_.addEnergy(row);
    if (!added)
        return added.error();
    lanes_[lane].energy.push_back(std::move(row));
    return {};
}

Result<void> RunRecorder::evaluated(std::size_t lane, const EvaluationResult& result) {
    std::vector<SampleRow> rows;
    const auto add = [&](const char* metric, const char* unit, std::optional<double> value) {
        if (value)
            rows.push_back(sample(lane, kQuality, 0, metric, unit, *value));
    };
    add("perplexity", "", result.perplexity);
    add("kl_mean", "nats/token", result.klMean);
    add("kl_p99", "nats/token", result.klP99);
    add("top1", "share", result.top1Agreement);
    lanes_[lane].evaluated = true;
    return keep(lane, std::move(rows));
}

Result<void> RunRecorder::setStatus(std::size_t lane, const std::string& status, const std::string& error) {
    auto& row = lanes_[lane].row;
    row.status = status;
    row.error = error;
    return store_.updateLane(row);
}

Result<void> RunRecorder::end(const std::string& status) {
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
        if (lanes_[lane].row.status == "running")
            if (auto done = setStatus(lane, status); !done)
                return done;
    return store_.finishRun(runId_, status);
}

BenchmarkCell RunRecorder::cell(std::size_t lane, const BenchmarkTest& test) const {
    CellRules rules{request_.repetitions, request_.warmup, 1};
    for (const auto& other : lanes_)
        rules.mostThreads = std::max(rules.mostThreads, other.row.threads);
    return cellOf(lanes_[lane].row, test, lanes_[lane].samples, lanes_[lane].energy, rules);
}

}  // namespace engine
