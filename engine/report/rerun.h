#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/benchmark/benchmark.h"
#include "engine/compare/comparison.h"
#include "engine/report/report.h"

namespace engine {

/// What a stored run asked for, ready to be measured again; one of the two is there.
struct Rerun {
    std::optional<BenchmarkRequest> bench;
    std::optional<ComparisonRequest> compare;
    /// What is not as it was: models with other digests, another machine, another build of the program.
    std::vector<std::string> warnings;
};

/// Rebuilds the request from the run's own description: every lane, test, rule, seed and setting, not what a
/// profile of that name says today. Random models that are missing are made. Reads the models for their
/// digests. Errors: corrupt for a description that cannot be read; notFound for a model that is not where it
/// was; cancelled.
Result<Rerun> rerunOf(const RunReport& report, std::stop_token stop = {});

/// Measures it into `store`; returns the new run's id. `listener` hears of benchmarks alone. Errors: as
/// runBenchmark and runComparison.
Result<std::int64_t> measureAgain(const Rerun& rerun, const BenchmarkListener& listener, Store& store,
                                  std::stop_token stop = {});

}  // namespace engine
