#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/benchmark/background_load.h"
#include "engine/benchmark/benchmark_cell.h"
#include "engine/benchmark/benchmark_profile.h"
#include "engine/benchmark/benchmark_test.h"
#include "engine/benchmark/machine_watch.h"
#include "engine/benchmark/pause_switch.h"
#include "engine/benchmark/repetition_rules.h"
#include "engine/compare/comparison.h"
#include "engine/evaluate/perplexity.h"
#include "engine/store/store.h"

namespace engine {

/// One loaded model that can be timed: a worker process, or a script in tests.
class LaneProcess {
public:
    virtual ~LaneProcess() = default;
    virtual Result<LoadedModel> load(const LoadRequest& request, std::stop_token stop) = 0;
    virtual Result<MeasureResult> measure(const MeasureRequest& request, std::stop_token stop) = 0;
    /// Quality on a text; needs no load() before. Errors: as engine::evaluate; unavailable where a lane
    /// cannot.
    virtual Result<EvaluationResult> evaluate(const EvaluationRequest& request, std::stop_token stop);
    virtual int processId() const { return 0; }  ///< 0 = no process of its own
};

/// What a run keeps of the profile that it came from.
struct ProfileRecord {
    std::string id = "ad hoc";
    std::string digest;                  ///< profileDigest()
    bool shipped = false;                ///< isShippedProfile()
    std::string definition;              ///< canonicalText(); empty = none
    std::vector<std::string> notes;      ///< what was left out on this machine
    std::vector<std::string> arguments;  ///< of `anven bench`, to run it again
};

struct BenchmarkRequest {
    std::vector<LaneSpec> lanes;
    std::vector<BenchmarkTest> tests;
    RepetitionRule repetitions;
    WarmupRule warmup;  ///< per lane and test
    LaneOrder order = LaneOrder::interleaved;
    std::uint64_t seed = 42;
    double idleSeconds = 0.0;               ///< of idle power, measured with the lanes loaded; 0 = gross only
    std::optional<ProfileQuality> quality;  ///< after the speeds, every lane against the first one's model
    ProfileRecord profile;
    // What follows is not kept with the run.
    std::filesystem::path worker;                                     ///< executable; empty = default
    std::function<Result<std::unique_ptr<LaneProcess>>()> startLane;  ///< empty = a worker process
    std::function<BackgroundLoad()> backgroundLoad;                   ///< empty = this machine's
    std::function<MachineState()> machineState;                       ///< empty = this machine's
    std::string systemRoot = "/";         ///< where energy meters are looked for, "/" outside tests
    std::shared_ptr<PauseSwitch> paused;  ///< may be null
};

/// What is being done now, and how much is left.
struct BenchmarkProgress {
    enum class Step { loading, idle, warmup, measuring, quality, paused };
    Step step = Step::measuring;
    std::size_t lane = 0;
    BenchmarkTest test;
    int repetition = 0;             ///< from 1
    std::int64_t done = 0;          ///< repetitions of all lanes
    std::int64_t total = 0;         ///< at most
    std::optional<double> seconds;  ///< left, at most; absent before anything was timed
};

/// Called on the benchmark's thread, but for `sampled`. Every function may be empty; both outlive the run.
struct BenchmarkListener {
    std::function<void(std::int64_t runId)> began;
    std::function<void(const BenchmarkProgress&)> progressed;  ///< before every step
    /// After each repetition, and where a lane failed or what is known of it was read.
    std::function<void(const BenchmarkCell&)> cellChanged;
    std::function<void(const LiveSample&)> sampled;  ///< once a second, on the watch's thread
    std::function<void(std::size_t lane, const Result<LoadedModel>&)> laneLoaded;
    /// After each measured repetition; `done` of `total` counts repetitions of all lanes. The total falls
    /// where a test needs fewer than the most.
    std::function<void(std::int64_t done, std::int64_t total, std::size_t lane, const BenchmarkTest&)>
        measured;
    std::function<void(std::size_t lane, const Error&)> laneFailed;
};

/// Runs every test on every lane, each lane in its own process, every repetition committed as it is measured:
/// speeds, latencies, memory, energy, when it began, and the state of the machine (cpu_pressure_before,
/// cpu_pressure_during, load_average_before, mhz_…, celsius_…, throttles_during). Warm-ups are kept as
/// warmup_ms with repetitions below 0. A lane that fails, or whose process dies, is recorded and left out of
/// what follows. After a pause every lane warms up once more. Returns the run's id. Errors: invalidInput for
/// nothing to do; the store's.
Result<std::int64_t> runBenchmark(const BenchmarkRequest& request, const BenchmarkListener& listener,
                                  Store& store, std::stop_token stop = {});

/// The request of a run that was stopped, to be continued by resumeBenchmark(). Errors: notFound;
/// invalidInput for another kind of run, another machine or another build of the program, whose numbers would
/// be mixed.
Result<BenchmarkRequest> requestOfRun(Store& store, std::int64_t runId);

/// Measures what the run lacks, warming up anew; lanes that failed are tried again. The process that began
/// the run must have ended. Errors: as runBenchmark; invalidInput where the stored lanes are not the
/// request's.
Result<std::int64_t> resumeBenchmark(std::int64_t runId, const BenchmarkRequest& request,
                                     const BenchmarkListener& listener, Store& store,
                                     std::stop_token stop = {});

}  // namespace engine
