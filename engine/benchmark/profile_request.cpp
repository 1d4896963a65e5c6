#include "engine/benchmark/profile_request.h"

#include <limits>

#include "engine/benchmark/profile_lanes.h"
#include "engine/synthetic/random_model_cache.h"

namespace engine {

Result<BenchmarkRequest> benchmarkRequestOf(ProfileChoice choice,
                                            const std::function<void(const std::string&)>& making,
                                            std::stop_token stop) {
    auto& profile = choice.profile;
    auto models = assignModels(profile, std::move(choice.models));
    if (!models)
        return models.error();
    for (auto& model : *models) {
        if (model.random.empty() || !choice.makeModels)
            continue;
        if (making)
            making(model.random);
        auto made = cachedRandomModel(model.random, randomModelCache(), stop);
        if (!made)
            return made.error();
        model.path = made->string();
    }
    auto machine = MachineChoices::here();
    if (choice.anyThreads)
        machine.mostThreads = std::numeric_limits<int>::max();
    BenchmarkRequest request;
    request.lanes = lanesOf(profile, *models, choice.load, machine, request.profile.notes);
    request.tests = testsOf(profile);
    request.repetitions = profile.repetitions;
    request.warmup = profile.warmup;
    request.order = profile.order;
    request.seed = static_cast<std::uint64_t>(profile.seed);
    request.idleSeconds = profile.idleSeconds;
    request.quality = profile.quality;
    if (!profile.id.empty())
        request.profile.id = profile.id;
    request.profile.digest = profileDigest(profile);
    request.profile.shipped = isShippedProfile(profile);
    request.profile.definition = canonicalText(profile);
    request.profile.arguments = std::move(choice.arguments);
    return request;
}

}  // namespace engine
