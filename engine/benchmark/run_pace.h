#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/benchmark/benchmark_test.h"

namespace engine {

/// How long the rest of a run takes, from how long its repetitions took so far.
class RunPace {
public:
    RunPace(std::size_t lanes, std::vector<BenchmarkTest> tests);

    /// One repetition or warm-up, from request to answer.
    void record(std::size_t lane, std::size_t test, double seconds);
    /// `left[lane][test]`: repetitions to come. Tests that never ran are taken as long, per token, as the
    /// lane's others of their kind, or as any of that kind. Nothing before the first record.
    std::optional<double> secondsLeft(const std::vector<std::vector<std::int64_t>>& left) const;

private:
    struct Mean {
        double sum = 0.0;
        int count = 0;
    };
    double tokensOf(std::size_t test) const;
    std::optional<double> expected(std::size_t lane, std::size_t test) const;

    std::vector<BenchmarkTest> tests_;
    std::vector<std::vector<Mean>> means_;  // [lane][test]
};

}  // namespace engine
