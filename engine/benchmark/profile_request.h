#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/benchmark/benchmark.h"

namespace engine {

/// A profile with what a person chose on top of it.
struct ProfileChoice {
    BenchmarkProfile profile;
    std::vector<ProfileModel> models;    ///< given, see assignModels()
    LoadRequest load;                    ///< what the profile does not name
    bool anyThreads = false;             ///< also more threads than cores
    bool makeModels = true;              ///< make the random models that are missing
    std::vector<std::string> arguments;  ///< of `anven bench`, kept with the run
};

/// Lanes and tests of a choice, ready for runBenchmark(). `making` is told the random model that is made.
/// Errors: as assignModels and cachedRandomModel.
Result<BenchmarkRequest> benchmarkRequestOf(ProfileChoice choice,
                                            const std::function<void(const std::string&)>& making = {},
                                            std::stop_token stop = {});

}  // namespace engine
