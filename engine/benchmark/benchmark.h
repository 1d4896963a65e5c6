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
#include "engine/benchmark/benchmark_profile.h"
#include "engine/benchmark/repetition_rules.h"
#include "engine/compare/comparison.h"
#include "engine/store/store.h"

namespace engine {

/// One thing to time: prefill of `prompt` tokens or `generate` decode steps, after `depth` tokens of context.
struct BenchmarkTest {
    std::string test;  ///< "prefill" or "decode"
    std::int64_t prompt = 0;
    std::int64_t generate = 0;
    std::int64_t depth = 0;
    bool operator==(const BenchmarkTest&) const = default;
};

/// One loaded model that can be timed: a worker process, or a script in tests.
class LaneProcess {
public:
    virtual ~LaneProcess() = default;
    virtual Result<LoadedModel> load(const LoadRequest& request, std::stop_token stop) = 0;
    virtual Result<MeasureResult> measure(const MeasureRequest& request, std::stop_token stop) = 0;
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
    ProfileRecord profile;
    std::filesystem::path worker;                                     ///< executable; empty = default
    std::function<Result<std::unique_ptr<LaneProcess>>()> startLane;  ///< empty = a worker process
    std::function<BackgroundLoad()> backgroundLoad;                   ///< empty = this machine's
};

/// Every prefill length and decode length at every depth.
std::vector<BenchmarkTest> makeTests(const std::vector<std::int64_t>& prefills,
                                     const std::vector<std::int64_t>& decodes,
                                     const std::vector<std::int64_t>& depths);

/// Both outlive the run.
struct BenchmarkListener {
    std::function<void(std::size_t lane, const Result<LoadedModel>&)> laneLoaded;
    /// After each measured repetition; `done` of `total` counts repetitions of all lanes. The total falls
    /// where a test needs fewer than the most.
    std::function<void(std::int64_t done, std::int64_t total, std::size_t lane, const BenchmarkTest&)>
        measured;
    std::function<void(std::size_t lane, const Error&)> laneFailed;
};

/// Runs every test on every lane, each lane in its own process, every repetition committed as it is measured:
/// speeds, latencies, memory, energy, and the load of the machine (cpu_pressure_before, cpu_pressure_during,
/// load_average_before). Warm-ups are kept as warmup_ms with repetitions below 0. A lane that fails is
/// recorded and left out of what follows. Returns the run's id. Errors: invalidInput for nothing to do; the
/// store's.
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
