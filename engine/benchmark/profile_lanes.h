#pragma once

#include <string>
#include <vector>

#include "engine/benchmark/benchmark.h"
#include "engine/benchmark/benchmark_profile.h"

namespace engine {

/// What the words "all" stand for here.
struct MachineChoices {
    int cores = 1;                          ///< that compute threads may use
    int mostThreads = 1;                    ///< larger numbers are left out
    std::vector<std::string> kernelLevels;  ///< that run here, weakest first
    static MachineChoices here();
};

/// The profile's models with those that the person gives: one whose name is a model's takes its place; the
/// others fill the places in their order, or, where there are none, replace the models of the profile, whose
/// list is then changed. Errors: invalidInput for a place that stays empty, more models than places, none.
Result<std::vector<ProfileModel>> assignModels(BenchmarkProfile& profile, std::vector<ProfileModel> given);

/// Every model with every number of threads, kernel choice and KV scheme. Words that stand for several are
/// expanded; numbers of threads above machine.mostThreads are left out. `models` have their paths; `load`
/// holds what the profile does not name. `notes` receives what was left out, in words.
std::vector<LaneSpec> lanesOf(const BenchmarkProfile& profile, const std::vector<ProfileModel>& models,
                              const LoadRequest& load, const MachineChoices& machine,
                              std::vector<std::string>& notes);

/// The tests of every entry, each once.
std::vector<BenchmarkTest> testsOf(const BenchmarkProfile& profile);

}  // namespace engine
