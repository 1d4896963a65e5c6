#include "engine/benchmark/benchmark.h"

#include <nlohmann/json.hpp>

#include "engine/base/version.h"
#include "engine/system/system_info.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

Json testJson(const BenchmarkTest& test) {
    return {{"test", test.test}, {"prompt", test.prompt}, {"generate", test.generate}, {"depth", test.depth}};
}

std::string profileOf(const BenchmarkRequest& request) {
    Json lanes = Json::array();
    for (const auto& lane : request.lanes)
        lanes.push_back({{"name", lane.name}, {"load", toJson(lane.load)}});
    Json tests = Json::array();
    for (const auto& test : request.tests)
        tests.push_back(testJson(test));
    return Json{{"kind", "bench"},
                {"lanes", lanes},
                {"tests", tests},
                {"repetitions", request.repetitions},
                {"warmups", request.warmups},
                {"seed", request.seed}}
        .dump(2, ' ', false, Json::error_handler_t::replace);
}

/// One lane while the benchmark runs; no worker = failed.
struct Lane {
    LaneRow row;
    std::unique_ptr<WorkerClient> worker;
};

class Benchmark {
public:
    Benchmark(const BenchmarkRequest& request, const BenchmarkListener& listener, Store& store,
              std::stop_token stop)
        : request_(request), listener_(listener), store_(store), stop_(std::move(stop)) {}

    Result<std::int64_t> run() {
        if (auto begun = begin(); !begun)
            return begun.error();
        for (std::size_t i = 0; i < lanes_.size(); ++i)
            if (auto started = startLane(i); !started)
                return started.error();
        for (const auto& test : request_.tests)
            for (int repetition = -request_.warmups; repetition < request_.repetitions; ++repetition)
                for (std::size_t i = 0; i < lanes_.size(); ++i) {
                    if (stop_.stop_requested())
                        return end("cancelled");
                    if (lanes_[i].worker)
                        if (auto stored = measureOnce(i, test, repetition); !stored)
                            return stored.error();
                }
        return end("finished");
    }

private:
    Result<void> begin() {
        RunRow run;
        run.kind = "bench";
        run.status = "running";
        run.startedAt = utcNow();
        run.profile = "ad hoc";
        run.profileText = profileOf(request_);
        run.machine = systemInfoJson();
        const auto& build = buildInfo();
        run.build =
            std::string(build.version) + " " + std::string(build.commit) + " " + std::string(build.compiler);
        run.seed = request_.seed;
        auto id = store_.addRun(run);
        if (!id)
            return id.error();
        runId_ = *id;
        total_ =
            static_cast<std::int64_t>(request_.lanes.size() * request_.tests.size()) * request_.repetitions;
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
            auto laneId = store_.addLane(lane.row);
            if (!laneId)
                return laneId.error();
            lane.row.id = *laneId;
            lanes_.push_back(std::move(lane));
        }
        return {};
    }

    Result<void> startLane(std::size_t index) {
        auto& lane = lanes_[index];
        auto worker = WorkerClient::start(request_.worker);
        Result<LoadedModel> loaded =
            worker ? (*worker)->load(request_.lanes[index].load, stop_) : Result<LoadedModel>(worker.error());
        if (listener_.laneLoaded)
            listener_.laneLoaded(index, loaded);
        if (!loaded)
            return fail(index, loaded.error());
        lane.worker = std::move(*worker);
        lane.row.modelName = loaded->config.name;
        lane.row.variant = loaded->config.variant;
        lane.row.format = loaded->format;
        lane.row.threads = loaded->threads;
        lane.row.kernelPlan = toJson(loaded->plan).dump();
        if (auto updated = store_.updateLane(lane.row); !updated)
            return updated;
        return addSample(index, {}, 0, "load_ms", "ms", loaded->loadMs);
    }

    Result<void> fail(std::size_t index, const Error& error) {
        auto& lane = lanes_[index];
        lane.worker.reset();
        lane.row.status = error.code == ErrorCode::cancelled ? "cancelled" : "failed";
        lane.row.error = error.message;
        if (listener_.laneFailed)
            listener_.laneFailed(index, error);
        return store_.updateLane(lane.row);
    }

    Result<void> addSample(std::size_t index, const BenchmarkTest& test, int repetition, const char* metric,
                           const char* unit, double value) {
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
        auto added = store_.addSample(row);
        if (!added)
            return added.error();
        return {};
    }

    /// Negative repetitions warm up and leave no sample.
    Result<void> measureOnce(std::size_t index, const BenchmarkTest& test, int repetition) {
        auto result =
            lanes_[index].worker->measure({test.test, test.prompt, test.generate, test.depth,
                                           request_.seed + static_cast<std::uint64_t>(repetition + 1)},
                                          stop_);
        if (!result)
            return stop_.stop_requested() ? Result<void>{} : fail(index, result.error());
        if (repetition < 0)
            return {};
        const bool prefill = test.test == "prefill";
        const auto tokens = static_cast<double>(prefill ? test.prompt : test.generate);
        if (auto added =
                addSample(index, test, repetition, prefill ? "prefill_tokens_per_s" : "decode_tokens_per_s",
                          "tok/s", tokens / result->milliseconds * 1000.0);
            !added)
            return added;
        if (result->ttftMs)
            if (auto added = addSample(index, test, repetition, "ttft_ms", "ms", *result->ttftMs); !added)
                return added;
        for (const double gap : result->itlMs)
            if (auto added = addSample(index, test, repetition, "itl_ms", "ms", gap); !added)
                return added;
        if (auto added = addSample(index, test, repetition, "peak_rss_bytes", "bytes",
                                   static_cast<double>(result->peakRssBytes));
            !added)
            return added;
        if (result->energy.joulesPerToken)
            if (auto added = addSample(index, test, repetition, "joules_per_token", "J/token",
                                       *result->energy.joulesPerToken);
                !added)
                return added;
        if (auto added = store_.addEnergy(energyRow(index, repetition, result->energy)); !added)
            return added.error();
        ++done_;
        if (listener_.measured)
            listener_.measured(done_, total_, index, test);
        return {};
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

    Result<std::int64_t> end(const std::string& status) {
        for (auto& lane : lanes_)
            if (lane.row.status == "running") {
                lane.row.status = status;
                if (auto updated = store_.updateLane(lane.row); !updated)
                    return updated.error();
            }
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

Result<std::int64_t> runBenchmark(const BenchmarkRequest& request, const BenchmarkListener& listener,
                                  Store& store, std::stop_token stop) {
    if (request.lanes.empty() || request.tests.empty() || request.repetitions < 1)
        return Error{
            ErrorCode::invalidInput,
            "a benchmark needs at least one model, one test (--prefill, --decode) and one repetition"};
    return Benchmark(request, listener, store, std::move(stop)).run();
}

}  // namespace engine
