#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/benchmark/benchmark.h"

namespace engine {

/// Writes a benchmark to the database as it happens and holds what is needed to go on: the lanes' rows, and
/// their samples but for the gaps between tokens. One thread.
class RunRecorder {
public:
    RunRecorder(const BenchmarkRequest& request, Store& store) : request_(request), store_(store) {}

    /// Adds the run with its lanes.
    Result<void> begin();
    /// Reads a run that is continued; its lanes run again. Errors: the store's; invalidInput where the stored
    /// lanes are not the request's.
    Result<void> reopen(std::int64_t runId);

    Result<void> loaded(std::size_t lane, const LoadedModel& model, const std::string& digest);
    Result<void> idle(std::size_t lane, double watts);
    Result<void> warmup(std::size_t lane, std::size_t test, int repetition, double milliseconds);
    Result<void> measured(std::size_t lane, std::size_t test, int repetition, const MeasureResult& result,
                          const WatchedSpan& span);
    Result<void> evaluated(std::size_t lane, const EvaluationResult& result);
    Result<void> setStatus(std::size_t lane, const std::string& status, const std::string& error = {});
    Result<void> end(const std::string& status);

    std::int64_t runId() const { return runId_; }
    const std::string& status(std::size_t lane) const { return lanes_[lane].row.status; }
    /// Speeds of a test so far, in the order of measuring.
    const std::vector<double>& speeds(std::size_t lane, std::size_t test) const {
        return lanes_[lane].speeds[test];
    }
    bool isEvaluated(std::size_t lane) const { return lanes_[lane].evaluated; }
    BenchmarkCell cell(std::size_t lane, const BenchmarkTest& test) const;

private:
    struct Lane {
        LaneRow row;
        std::vector<std::vector<double>> speeds;  ///< of every test
        std::vector<SampleRow> samples;           ///< without itl_ms
        std::vector<EnergyRow> energy;
        bool evaluated = false;
    };
    SampleRow sample(std::size_t lane, const BenchmarkTest& test, int repetition, const std::string& metric,
                     const char* unit, double value) const;
    Result<void> keep(std::size_t lane, std::vector<SampleRow> rows);
    Result<void> keepEnergy(std::size_t lane, const BenchmarkTest& test, int repetition,
                            const EnergyResult& energy);

    const BenchmarkRequest& request_;
    Store& store_;
    std::vector<Lane> lanes_;
    std::int64_t runId_ = 0;
};

}  // namespace engine
