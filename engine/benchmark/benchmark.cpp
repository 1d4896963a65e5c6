#include "engine/benchmark/benchmark.h"

#include <algorithm>
#include <chrono>

#include "engine/base/resources.h"
#include "engine/base/units.h"
#include "engine/benchmark/run_pace.h"
#include "engine/benchmark/run_recorder.h"
#include "engine/benchmark/worker_lane.h"
#include "engine/checkpoint/model_digest.h"

namespace engine {
namespace {

using Step = BenchmarkProgress::Step;

constexpr std::int64_t kExpectedWarmups = 2;  // two medians that agree need two runs
const BenchmarkTest kQuality{"evaluate", 0, 0, 0};

/// One lane while the benchmark runs; no process = not started, failed or done.
struct Lane {
    std::unique_ptr<LaneProcess> process;
    bool cold = false;  ///< after a pause
};

class Benchmark {
public:
    Benchmark(const BenchmarkRequest& request, const BenchmarkListener& listener, Store& store,
              std::stop_token stop)
        : request_(request),
          listener_(listener),
          recorder_(request, store),
          stop_(std::move(stop)),
          lanes_(request.lanes.size()),
          pace_(request.lanes.size(), request.tests),
          watch_(sources(), listener.sampled) {}

    Result<std::int64_t> run() {
        if (auto begun = recorder_.begin(); !begun)
            return begun.error();
        return measureLanes();
    }

    Result<std::int64_t> resume(std::int64_t runId) {
        if (auto read = recorder_.reopen(runId); !read)
            return read.error();
        return measureLanes();
    }

private:
    MachineWatch::Sources sources() const {
        return {request_.backgroundLoad ? request_.backgroundLoad : [] { return readBackgroundLoad(); },
                request_.machineState ? request_.machineState : [] { return readMachineState(); },
                request_.systemRoot};
    }

    Result<std::int64_t> measureLanes() {
        if (listener_.began)
            listener_.began(recorder_.runId());
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
            showCells(lane);
        total_ = repetitionsLeft();
        auto done = measureSpeeds();
        if (done && !stop_.stop_requested())
            done = measureQuality();
        if (!done)
            return done.error();
        const std::string status = stop_.stop_requested() ? "cancelled" : "finished";
        if (auto ended = recorder_.end(status); !ended)
            return ended.error();
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
            showCells(lane);
        return recorder_.runId();
    }

    Result<void> measureSpeeds() {
        if (request_.tests.empty())
            return {};
        std::vector<std::vector<std::size_t>> groups;  // of lanes that are loaded together
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            if (groups.empty() || request_.order == LaneOrder::sequential)
                groups.emplace_back();
            groups.back().push_back(i);
        }
        for (const auto& group : groups) {
            for (const auto i : group)
                if (!halted() && lacksSpeeds(i))
                    if (auto started = startLane(i); !started)
                        return started;
            if (auto idle = measureIdle(group); !idle)
                return idle;
            for (std::size_t test = 0; test < request_.tests.size(); ++test)
                if (auto stored = runTest(test, group); !stored)
                    return stored;
            if (stop_.stop_requested())
                return {};
            for (const auto i : group) {
                lanes_[i].process.reset();
                if (recorder_.status(i) == "running" && !request_.quality)
                    if (auto done = recorder_.setStatus(i, "finished"); !done)
                        return done;
            }
        }
        return {};
    }

    /// Idle power with the group's models resident and nothing to do.
    Result<void> measureIdle(const std::vector<std::size_t>& group) {
        idleWatts_.reset();
        const bool anyRuns =
            std::any_of(group.begin(), group.end(), [&](auto i) { return lanes_[i].process != nullptr; });
        if (request_.idleSeconds <= 0.0 || !anyRuns || halted())
            return {};
        EnergyOptions options;
        options.root = request_.systemRoot;
        options.idleBaseline = std::chrono::milliseconds(static_cast<long>(request_.idleSeconds * 1000.0));
        EnergyRecorder meter(options);
        tell(Step::idle, group.front(), {"idle", 0, 0, 0}, 1);
        meter.measureIdle(stop_);
        idleWatts_ = meter.idleWatts();
        if (idleWatts_)
            for (const auto i : group)
                if (lanes_[i].process)
                    if (auto kept = recorder_.idle(i, *idleWatts_); !kept)
                        return kept;
        return {};
    }

    /// Warms the lanes up, then measures them, each as often as it needs, in turns.
    Result<void> runTest(std::size_t test, const std::vector<std::size_t>& group) {
        std::vector<std::vector<double>> warmups(lanes_.size());
        const auto isDone = [&](std::size_t i) {
            return !lanes_[i].process || measuredEnough(request_.repetitions, recorder_.speeds(i, test));
        };
        for (auto& lane : lanes_)
            lane.cold = false;
        for (const bool warmingUp : {true, false})
            for (bool anyLeft = true; anyLeft;) {
                anyLeft = false;
                for (const auto i : group) {
                    if (isDone(i) || (warmingUp && warmedUp(request_.warmup, warmups[i])))
                        continue;
                    if (halted())
                        return {};
                    auto stored =
                        warmingUp ? warmUpOnce(i, test, warmups[i]) : measureOnce(i, test, warmups[i]);
                    if (!stored)
                        return stored;
                    anyLeft = true;
                }
            }
        return {};
    }

    /// Waits while paused; true when the run is to end.
    bool halted() {
        if (request_.paused && request_.paused->paused() && !stop_.stop_requested()) {
            tell(Step::paused, 0, {}, 0);
            request_.paused->wait(stop_);
            for (auto& lane : lanes_)
                lane.cold = true;
        }
        return stop_.stop_requested();
    }

    std::int64_t repetitionsLeft(std::size_t lane, std::size_t test) const {
        const auto& speeds = recorder_.speeds(lane, test);
        if (recorder_.status(lane) != "running" || measuredEnough(request_.repetitions, speeds))
            return 0;
        return request_.repetitions.max - static_cast<std::int64_t>(speeds.size());
    }
    std::int64_t repetitionsLeft() const {
        std::int64_t sum = 0;
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
            for (std::size_t test = 0; test < request_.tests.size(); ++test)
                sum += repetitionsLeft(lane, test);
        return sum;
    }
    bool lacksSpeeds(std::size_t lane) const {
        for (std::size_t test = 0; test < request_.tests.size(); ++test)
            if (repetitionsLeft(lane, test) > 0)
                return true;
        return false;
    }

    std::optional<double> secondsLeft() const {
        std::vector<std::vector<std::int64_t>> left(lanes_.size());
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane)
            for (std::size_t test = 0; test < request_.tests.size(); ++test) {
                const auto count = repetitionsLeft(lane, test);
                const bool begun = !recorder_.speeds(lane, test).empty();
                left[lane].push_back(
                    count == 0 || begun ? count : count + std::min(kExpectedWarmups, request_.warmup.max));
            }
        return pace_.secondsLeft(left);
    }

    void tell(Step step, std::size_t lane, const BenchmarkTest& test, int repetition) {
        if (listener_.progressed)
            listener_.progressed({step, lane, test, repetition, done_, total_, secondsLeft()});
    }

    void showCell(std::size_t lane, const BenchmarkTest& test) {
        if (listener_.cellChanged)
            listener_.cellChanged(recorder_.cell(lane, test));
    }
    void showCells(std::size_t lane) {
        for (const auto& test : request_.tests)
            showCell(lane, test);
        if (request_.quality)
            showCell(lane, kQuality);
    }

    Result<std::unique_ptr<LaneProcess>> startProcess() const {
        if (request_.startLane)
            return request_.startLane();
        return startWorkerLane(request_.worker);
    }

    Result<void> startLane(std::size_t index) {
        tell(Step::loading, index, {"load", 0, 0, 0}, 1);
        auto process = startProcess();
        Result<LoadedModel> loaded = process ? (*process)->load(request_.lanes[index].load, stop_)
                                             : Result<LoadedModel>(process.error());
        if (listener_.laneLoaded)
            listener_.laneLoaded(index, loaded);
        if (!loaded)
            return giveUp(index, loaded.error());
        lanes_[index].process = std::move(*process);
        const auto digest = modelDigest(request_.lanes[index].load.model, stop_);  // before anything is timed
        return recorder_.loaded(index, *loaded, digest.value_or(std::string()));
    }

    /// What failed costs its lane, what was stopped nothing.
    Result<void> giveUp(std::size_t index, const Error& error) {
        if (stop_.stop_requested())
            return {};
        lanes_[index].process.reset();
        const auto before = repetitionsLeft();
        if (auto kept = recorder_.setStatus(index, "failed", error.message); !kept)
            return kept;
        total_ -= before - repetitionsLeft();
        if (listener_.laneFailed)
            listener_.laneFailed(index, error);
        showCells(index);
        return {};
    }

    Result<MeasureResult> measure(std::size_t index, std::size_t test, int repetition) {
        const auto& t = request_.tests[test];
        auto& process = *lanes_[index].process;
        watch_.watchProcess(process.processId());
        const auto begin = Clock::now();
        auto result = process.measure(
            {t.test, t.prompt, t.generate, t.depth,
             request_.seed + static_cast<std::uint64_t>(repetition + 1), idleWatts_, request_.systemRoot},
            stop_);
        if (result)
            pace_.record(index, test, seconds(Clock::now() - begin));
        return result;
    }

    Result<void> warmUpOnce(std::size_t index, std::size_t test, std::vector<double>& milliseconds) {
        const int repetition = -1 - static_cast<int>(milliseconds.size());
        tell(Step::warmup, index, request_.tests[test], -repetition);
        auto result = measure(index, test, repetition);
        if (!result)
            return giveUp(index, result.error());
        milliseconds.push_back(result->milliseconds);
        return recorder_.warmup(index, test, repetition, result->milliseconds);
    }

    Result<void> measureOnce(std::size_t index, std::size_t test, std::vector<double>& warmups) {
        if (lanes_[index].cold) {
            lanes_[index].cold = false;
            if (auto warmed = warmUpOnce(index, test, warmups); !warmed || !lanes_[index].process)
                return warmed;
            if (halted())
                return {};
        }
        const int repetition = static_cast<int>(recorder_.speeds(index, test).size());
        const auto left = repetitionsLeft(index, test);
        tell(Step::measuring, index, request_.tests[test], repetition + 1);
        watch_.mark();
        auto result = measure(index, test, repetition);
        const auto span = watch_.sinceMark();
        if (!result)
            return giveUp(index, result.error());
        if (auto kept = recorder_.measured(index, test, repetition, *result, span); !kept)
            return kept;
        ++done_;
        total_ -= left - 1 - repetitionsLeft(index, test);
        if (listener_.measured)
            listener_.measured(done_, total_, index, request_.tests[test]);
        showCell(index, request_.tests[test]);
        return {};
    }

    /// Every lane's text in a fresh process, so that the memory of the speed tests stays their own.
    Result<void> measureQuality() {
        if (!request_.quality)
            return {};
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            if (recorder_.status(i) != "running" || halted())
                continue;
            if (!recorder_.isEvaluated(i))
                if (auto kept = evaluateLane(i); !kept)
                    return kept;
            if (stop_.stop_requested())
                return {};
            if (recorder_.status(i) == "running")
                if (auto done = recorder_.setStatus(i, "finished"); !done)
                    return done;
        }
        return {};
    }

    Result<void> evaluateLane(std::size_t index) {
        EvaluationRequest request;
        request.model = request_.lanes[index].load;
        if (index > 0)
            request.reference = request_.lanes.front().load;
        request.text = request_.quality->text.empty() ? resourcePath("quality/prose.txt")
                                                      : std::filesystem::path(request_.quality->text);
        request.window = request_.quality->window;
        request.limit = request_.quality->windows;
        tell(Step::quality, index, kQuality, 1);
        auto process = startProcess();
        if (process)
            watch_.watchProcess((*process)->processId());
        auto result =
            process ? (*process)->evaluate(request, stop_) : Result<EvaluationResult>(process.error());
        if (!result)
            return giveUp(index, result.error());
        if (auto kept = recorder_.evaluated(index, *result); !kept)
            return kept;
        showCell(index, kQuality);
        return {};
    }

    const BenchmarkRequest& request_;
    const BenchmarkListener& listener_;
    RunRecorder recorder_;
    std::stop_token stop_;
    std::vector<Lane> lanes_;
    RunPace pace_;
    MachineWatch watch_;
    std::optional<double> idleWatts_;
    std::int64_t done_ = 0;
    std::int64_t total_ = 0;
};

Result<void> check(const BenchmarkRequest& request) {
    if (request.lanes.empty() || (request.tests.empty() && !request.quality) || request.repetitions.max < 1)
        return Error{
            ErrorCode::invalidInput,
            "a benchmark needs at least one model, one test (--prefill, --decode) and one repetition"};
    return {};
}

}  // namespace

Result<EvaluationResult> LaneProcess::evaluate(const EvaluationRequest&, std::stop_token) {
    return Error{ErrorCode::unavailable, "this lane cannot evaluate a text"};
}

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
