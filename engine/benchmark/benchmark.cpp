#include "engine/benchmark/benchmark.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "engine/base/version.h"
#include "engine/benchmark/benchmark_json.h"
#include "engine/benchmark/worker_lane.h"
#include "engine/checkpoint/model_digest.h"
#include "engine/system/system_info.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

std::string speedMetric(const BenchmarkTest& test) {
    return test.test == "prefill" ? "prefill_tokens_per_s" : "decode_tokens_per_s";
}

/// The share of a repetition in which some thread waited for a CPU.
std::optional<double> pressureBetween(const BackgroundLoad& before, const BackgroundLoad& after,
                                      std::chrono::steady_clock::duration time) {
    const auto us = std::chrono::duration<double, std::micro>(time).count();
    if (!before.stalledUs || !after.stalledUs || us <= 0.0)
        return std::nullopt;
    return std::clamp(100.0 * static_cast<double>(*after.stalledUs - *before.stalledUs) / us, 0.0, 100.0);
}

/// One lane while the benchmark runs; no process = not started, failed or done.
struct Lane {
    LaneRow row;
    std::unique_ptr<LaneProcess> process;
    std::vector<std::vector<double>> speeds;  ///< of every test, in the order of measuring
};

class Benchmark {
public:
    Benchmark(const BenchmarkRequest& request, const BenchmarkListener& listener, Store& store,
              std::stop_token stop)
        : request_(request), listener_(listener), store_(store), stop_(std::move(stop)) {}

    Result<std::int64_t> run() {
        if (auto begun = begin(); !begun)
            return begun.error();
        return measureLanes();
    }

    Result<std::int64_t> resume(std::int64_t runId) {
        runId_ = runId;
        if (auto read = readLanes(); !read)
            return read.error();
        if (auto reopened = store_.reopenRun(runId); !reopened)
            return reopened.error();
        return measureLanes();
    }

private:
    Result<std::int64_t> measureLanes() {
        std::vector<std::vector<std::size_t>> groups;  // of lanes that are loaded together
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            if (groups.empty() || request_.order == LaneOrder::sequential)
                groups.emplace_back();
            groups.back().push_back(i);
        }
        for (const auto& group : groups) {
            for (const auto i : group) {
                if (stop_.stop_requested())
                    return end("cancelled");
                if (lacksSomething(i))
                    if (auto started = startLane(i); !started)
                        return started.error();
            }
            for (std::size_t test = 0; test < request_.tests.size(); ++test)
                if (auto stored = runTest(test, group); !stored)
                    return stored.error();
            if (stop_.stop_requested())
                return end("cancelled");
            for (const auto i : group)
                if (auto done = finishLane(i, "finished"); !done)
                    return done.error();
        }
        return end("finished");
    }

    /// Warms the lanes up, then measures them, each as often as it needs, in turns.
    Result<void> runTest(std::size_t test, const std::vector<std::size_t>& group) {
        std::vector<std::vector<double>> warmups(lanes_.size());
        const auto isDone = [&](std::size_t i) {
            return !lanes_[i].process || measuredEnough(request_.repetitions, lanes_[i].speeds[test]);
        };
        for (bool anyLeft = true; anyLeft;) {
            anyLeft = false;
            for (const auto i : group) {
                if (isDone(i) || warmedUp(request_.warmup, warmups[i]))
                    continue;
                if (stop_.stop_requested())
                    return {};
                if (auto stored = warmUpOnce(i, test, warmups[i]); !stored)
                    return stored;
                anyLeft = true;
            }
        }
        for (bool anyLeft = true; anyLeft;) {
            anyLeft = false;
            for (const auto i : group) {
                if (isDone(i))
                    continue;
                if (stop_.stop_requested())
                    return {};
                if (auto stored = measureOnce(i, test); !stored)
                    return stored;
                anyLeft = true;
            }
        }
        return {};
    }

    bool lacksSomething(std::size_t index) const {
        const auto& speeds = lanes_[index].speeds;
        return std::any_of(speeds.begin(), speeds.end(),
                           [&](const auto& values) { return !measuredEnough(request_.repetitions, values); });
    }

    Result<void> begin() {
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
        total_ = static_cast<std::int64_t>(request_.lanes.size() * request_.tests.size()) *
                 request_.repetitions.max;
        for (std::size_t i = 0; i < request_.lanes.size(); ++i) {
            Lane lane;
            lane.row.runId = runId_;
            lane.row.position = static_cast<int>(i);
            lane.row.name = request_.lanes[i].name;
            lane.row.modelPath = request_.lanes[i].load.model;
            lane.row.kernelSpec = request_.lanes[i].load.kernels;
            lane.row.settings =
                toJson(request_.lanes[i].load).dump(-1, ' ', false, Json::error_handler_t::replace);
            lane.row.kv = request_.lanes[i].load.kv;
            lane.row.threads = request_.lanes[i].load.threads;
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

    /// The lanes of a run that is continued, with what was measured of them.
    Result<void> readLanes() {
        auto rows = store_.lanes(runId_);
        if (!rows)
            return rows.error();
        if (rows->size() != request_.lanes.size())
            return Error{ErrorCode::invalidInput,
                         "run " + std::to_string(runId_) + " stopped before its lanes began; run it anew"};
        for (auto& row : *rows) {
            Lane lane;
            row.status = "running";
            row.error.clear();
            if (auto updated = store_.updateLane(row); !updated)
                return updated;
            auto samples = store_.samples(row.id);
            if (!samples)
                return samples.error();
            for (const auto& test : request_.tests) {
                auto& values = lane.speeds.emplace_back();
                for (const auto& sample : *samples)
                    if (sample.metric == speedMetric(test) && sample.test == test.test &&
                        sample.prompt == test.prompt && sample.generate == test.generate &&
                        sample.depth == test.depth)
                        values.push_back(sample.value);
                if (!measuredEnough(request_.repetitions, values))
                    total_ += request_.repetitions.max - static_cast<std::int64_t>(values.size());
            }
            lane.row = std::move(row);
            lanes_.push_back(std::move(lane));
        }
        return {};
    }

    Result<std::unique_ptr<LaneProcess>> startProcess() const {
        if (request_.startLane)
            return request_.startLane();
        return startWorkerLane(request_.worker);
    }

    Result<void> startLane(std::size_t index) {
        auto& lane = lanes_[index];
        auto process = startProcess();
        Result<LoadedModel> loaded = process ? (*process)->load(request_.lanes[index].load, stop_)
                                             : Result<LoadedModel>(process.error());
        if (listener_.laneLoaded)
            listener_.laneLoaded(index, loaded);
        if (!loaded)
            return fail(index, loaded.error());
        lane.process = std::move(*process);
        lane.row.modelName = loaded->config.name;
        lane.row.variant = loaded->config.variant;
        lane.row.format = loaded->format;
        lane.row.digest =
            modelDigest(lane.row.modelPath, stop_).value_or(std::string());  // before anything is timed
        lane.row.threads = loaded->threads;
        lane.row.kernelPlan = toJson(loaded->plan).dump();
        if (auto updated = store_.updateLane(lane.row); !updated)
            return updated;
        return store_.addSamples({sampleRow(index, {}, 0, "load_ms", "ms", loaded->loadMs)});
    }

    Result<void> fail(std::size_t index, const Error& error) {
        auto& lane = lanes_[index];
        lane.process.reset();
        lane.row.status = error.code == ErrorCode::cancelled ? "cancelled" : "failed";
        lane.row.error = error.message;
        if (listener_.laneFailed)
            listener_.laneFailed(index, error);
        return store_.updateLane(lane.row);
    }

    SampleRow sampleRow(std::size_t index, const BenchmarkTest& test, int repetition,
                        const std::string& metric, const char* unit, double value) const {
        SampleRow row;
        row.laneId = lanes_[index].row.id;
        row.repetition = repetition;
        row.test = test.test.empty() ? "load" : test.test;
        row.prompt = test.prompt;
        row.generate = test.generate;
        row.depth = test.depth;
        row.metric = metric;
        row.unit = unit;
        row.value = value;
        row.measuredAt = utcNow();
        return row;
    }

    Result<MeasureResult> measure(std::size_t index, const BenchmarkTest& test, int repetition) {
        return lanes_[index].process->measure({test.test, test.prompt, test.generate, test.depth,
                                               request_.seed + static_cast<std::uint64_t>(repetition + 1)},
                                              stop_);
    }

    /// A measurement that failed costs its lane, one that was stopped nothing.
    Result<void> giveUp(std::size_t index, const Error& error) {
        return stop_.stop_requested() ? Result<void>{} : fail(index, error);
    }

    Result<void> warmUpOnce(std::size_t index, std::size_t testIndex, std::vector<double>& milliseconds) {
        const auto& test = request_.tests[testIndex];
        const int repetition = -1 - static_cast<int>(milliseconds.size());
        auto result = measure(index, test, repetition);
        if (!result)
            return giveUp(index, result.error());
        milliseconds.push_back(result->milliseconds);
        return store_.addSamples(
            {sampleRow(index, test, repetition, "warmup_ms", "ms", result->milliseconds)});
    }

    Result<void> measureOnce(std::size_t index, std::size_t testIndex) {
        const auto& test = request_.tests[testIndex];
        auto& speeds = lanes_[index].speeds[testIndex];
        const int repetition = static_cast<int>(speeds.size());
        const auto before = background();
        const auto started = std::chrono::steady_clock::now();
        auto result = measure(index, test, repetition);
        if (!result)
            return giveUp(index, result.error());
        const auto during = pressureBetween(before, background(), std::chrono::steady_clock::now() - started);
        const auto tokens = static_cast<double>(test.test == "prefill" ? test.prompt : test.generate);
        speeds.push_back(tokens / result->milliseconds * 1000.0);
        std::vector<SampleRow> rows;
        const auto add = [&](const std::string& metric, const char* unit, std::optional<double> value) {
            if (value)
                rows.push_back(sampleRow(index, test, repetition, metric, unit, *value));
        };
        add(speedMetric(test), "tok/s", speeds.back());
        add("ttft_ms", "ms", result->ttftMs);
        for (const double gap : result->itlMs)
            add("itl_ms", "ms", gap);
        add("peak_rss_bytes", "bytes", static_cast<double>(result->peakRssBytes));
        add("joules_per_token", "J/token", result->energy.joulesPerToken);
        add("cpu_pressure_before", "%", before.pressureAvg10);
        add("cpu_pressure_during", "%", during);
        add("load_average_before", "threads", before.loadAverage);
        if (auto added = store_.addSamples(rows); !added)
            return added;
        if (auto added = store_.addEnergy(energyRow(index, repetition, result->energy)); !added)
            return added.error();
        ++done_;
        if (measuredEnough(request_.repetitions, speeds))
            total_ -= request_.repetitions.max - static_cast<std::int64_t>(speeds.size());
        if (listener_.measured)
            listener_.measured(done_, total_, index, test);
        return {};
    }

    BackgroundLoad background() const {
        return request_.backgroundLoad ? request_.backgroundLoad() : readBackgroundLoad();
    }

    EnergyRow energyRow(std::size_t index, int repetition, const EnergyResult& energy) const {
        EnergyRow row;
        row.laneId = lanes_[index].row.id;
        row.repetition = repetition;
        row.joules = energy.joules;
        row.joulesPerToken = energy.joulesPerToken;
        row.source = energy.source;
        row.provenance = std::string(name(energy.provenance));
        row.reason = energy.reason;
        return row;
    }

    Result<void> finishLane(std::size_t index, const std::string& status) {
        auto& lane = lanes_[index];
        lane.process.reset();
        if (lane.row.status != "running")
            return {};
        lane.row.status = status;
        return store_.updateLane(lane.row);
    }

    Result<std::int64_t> end(const std::string& status) {
        for (std::size_t i = 0; i < lanes_.size(); ++i)
            if (auto done = finishLane(i, status); !done)
                return done.error();
        if (auto finished = store_.finishRun(runId_, status); !finished)
            return finished.error();
        return runId_;
    }

    const BenchmarkRequest& request_;
    const BenchmarkListener& listener_;
    Store& store_;
    std::stop_token stop_;
    std::vector<Lane> lanes_;
    std::int64_t runId_ = 0;
    std::int64_t done_ = 0;
    std::int64_t total_ = 0;
};

}  // namespace

std::vector<BenchmarkTest> makeTests(const std::vector<std::int64_t>& prefills,
                                     const std::vector<std::int64_t>& decodes,
                                     const std::vector<std::int64_t>& depths) {
    std::vector<BenchmarkTest> tests;
    for (const auto depth : depths.empty() ? std::vector<std::int64_t>{0} : depths) {
        for (const auto tokens : prefills)
            tests.push_back({"prefill", tokens, 0, depth});
        for (const auto tokens : decodes)
            tests.push_back({"decode", 0, tokens, depth});
    }
    return tests;
}

namespace {

Result<void> check(const BenchmarkRequest& request) {
    if (request.lanes.empty() || request.tests.empty() || request.repetitions.max < 1)
        return Error{
            ErrorCode::invalidInput,
            "a benchmark needs at least one model, one test (--prefill, --decode) and one repetition"};
    return {};
}

}  // namespace

Result<std::int64_t> runBenchmark(const BenchmarkRequest& request, const BenchmarkListener& listener,
                                  Store& store, std::stop_token stop) {
    if (auto valid = check(request); !valid)
        return valid.error();
    return Benchmark(request, listener, store, std::move(stop)).run();
}

Result<std::int64_t> resumeBenchmark(std::int64_t runId, const BenchmarkRequest& request,
                                     const BenchmarkListener& listener, Store& store, std::stop_token stop) {
    if (auto valid = check(request); !valid)
        return valid.error();
    return Benchmark(request, listener, store, std::move(stop)).resume(runId);
}

}  // namespace engine
