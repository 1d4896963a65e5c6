#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/benchmark/benchmark_test.h"
#include "engine/benchmark/repetition_rules.h"
#include "engine/metrics/statistics.h"
#include "engine/store/store.h"

namespace engine {

/// One lane in one test: what the live table, the command line and the reports show of it.
struct BenchmarkCell {
    std::size_t lane = 0;
    std::string laneName;
    std::string status;  ///< of the lane
    std::string error;   ///< how the lane failed
    BenchmarkTest test;
    std::optional<Summary> speed;           ///< tok/s
    std::optional<double> newestSpeed;      ///< of the last repetition
    std::optional<Summary> joulesPerToken;  ///< net of idle where idle was measured
    std::string energySource;               ///< "rapl:package-0"; empty without a value
    std::string energyReason;               ///< why there is no value
    bool energyEstimated = false;
    std::optional<double> peakRssBytes;
    std::optional<double> perplexity;  ///< quality alone, as are the next two
    std::optional<double> klMean;
    std::optional<double> top1;
    std::vector<std::string> warnings;  ///< a few words each, shown beside the numbers
};

/// What the rules of a run have to say about its cells.
struct CellRules {
    RepetitionRule repetitions;
    WarmupRule warmup;
    int mostThreads = 1;  ///< of the run's lanes: their own work is in the load average
};

/// `samples` and `energy` are the lane's, of whatever tests.
BenchmarkCell cellOf(const LaneRow& lane, const BenchmarkTest& test, std::span<const SampleRow> samples,
                     std::span<const EnergyRow> energy, const CellRules& rules);

}  // namespace engine
