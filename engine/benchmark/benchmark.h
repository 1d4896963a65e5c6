#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/compare/comparison.h"
#include "engine/store/store.h"

namespace engine {

/// One thing to time: prefill of `prompt` tokens or `generate` decode steps, after `depth` tokens of context.
struct BenchmarkTest {
    std::string test;  ///< "prefill" or "decode"
    std::int64_t prompt = 0;
    std::int64_t generate = 0;
    std::int64_t depth = 0;
};

struct BenchmarkRequest {
    std::vector<LaneSpec> lanes;
    std::vector<BenchmarkTest> tests;
    int repetitions = 5;
    int warmups = 1;  ///< per lane and test, not recorded
    std::uint64_t seed = 42;
    std::filesystem::path worker;  ///< executable; empty = default
};

/// Every prefill length and decode length at every depth.
std::vector<BenchmarkTest> makeTests(const std::vector<std::int64_t>& prefills,
                                     const std::vector<std::int64_t>& decodes,
                                     const std::vector<std::int64_t>& depths);

struct BenchmarkListener {
    std::function<void(std::size_t lane, const Result<LoadedModel>&)> laneLoaded;
    /// After each measured repetition; `done` of `total` counts repetitions of all lanes.
    std::function<void(std::int64_t done, std::int64_t total, std::size_t lane, const BenchmarkTest&)>
        measured;
    std::function<void(std::size_t lane, const Error&)> laneFailed;
};

/// Runs every test on every lane, interleaved (A B C A B C …), each lane in its own process, every sample
/// committed as it is measured. A lane that fails is recorded and left out of what follows. Returns the run's
/// id. Errors: invalidInput for nothing to do; the store's.
Result<std::int64_t> runBenchmark(const BenchmarkRequest& request, const BenchmarkListener& listener,
                                  Store& store, std::stop_token stop = {});

}  // namespace engine
