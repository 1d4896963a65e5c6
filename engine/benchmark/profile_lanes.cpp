#include "engine/benchmark/profile_lanes.h"

#include <algorithm>

#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/topology.h"

namespace engine {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string list;
    for (const auto& word : words)
        list += (list.empty() ? "" : ", ") + word;
    return list;
}

template <class T>
void addOnce(std::vector<T>& list, const T& item) {
    if (std::find(list.begin(), list.end(), item) == list.end())
        list.push_back(item);
}

std::vector<int> threadsOf(const BenchmarkProfile& profile, const MachineChoices& machine,
                           std::vector<std::string>& notes) {
    std::vector<int> numbers;
    std::vector<std::string> tooMany;
    for (const auto& word : profile.threads) {
        const int threads = word == "all" ? machine.cores : std::stoi(word);
        if (word != "all" && threads > machine.mostThreads)
            tooMany.push_back(word);
        else
            addOnce(numbers, threads);
    }
    if (!tooMany.empty())
        notes.push_back("threads " + joined(tooMany) + " are left out: this machine has " +
                        std::to_string(machine.cores) + " physical cores to use");
    if (numbers.empty())
        numbers.push_back(machine.cores);
    return numbers;
}

std::vector<std::string> kernelsOf(const BenchmarkProfile& profile, const MachineChoices& machine,
                                   std::vector<std::string>& notes) {
    std::vector<std::string> choices;
    for (const auto& word : profile.kernels) {
        if (word != "all") {
            addOnce(choices, word);
            continue;
        }
        std::vector<std::string> missing;
        for (const auto level : kernelLevels())
            if (std::find(machine.kernelLevels.begin(), machine.kernelLevels.end(), level) ==
                machine.kernelLevels.end())
                missing.emplace_back(level);
        for (const auto& level : machine.kernelLevels)
            addOnce(choices, level);
        if (!missing.empty())
            notes.push_back("kernel levels that this CPU or build lacks are left out: " + joined(missing));
    }
    return choices;
}

}  // namespace

MachineChoices MachineChoices::here() {
    MachineChoices machine;
    machine.cores = static_cast<int>(computeCpus().size());
    machine.mostThreads = machine.cores;
    for (const auto level : engine::kernelLevels())
        if (KernelPlan::make(level, false))
            machine.kernelLevels.emplace_back(level);
    return machine;
}

Result<std::vector<ProfileModel>> assignModels(BenchmarkProfile& profile, std::vector<ProfileModel> given) {
    auto models = profile.models;
    std::vector<ProfileModel> others;
    for (auto& model : given) {
        const auto at = std::find_if(models.begin(), models.end(),
                                     [&](const auto& known) { return known.name == model.name; });
        if (at == models.end()) {
            others.push_back(std::move(model));
            continue;
        }
        const auto index = static_cast<std::size_t>(at - models.begin());
        if (!profile.models[index].isPlace())
            profile.models[index] = model;
        *at = std::move(model);
    }
    const bool hasPlaces = std::any_of(profile.models.begin(), profile.models.end(),
                                       [](const auto& model) { return model.isPlace(); });
    std::vector<std::string> empty;
    std::size_t next = 0;
    for (auto& model : models) {
        if (!model.isPlace())
            continue;
        if (next < others.size())
            model.path = others[next++].path;
        else
            empty.push_back(model.name);
    }
    if (!empty.empty())
        return Error{ErrorCode::invalidInput, "the profile wants models for " + joined(empty) +
                                                  "; give them as --model " + empty.front() + "=PATH"};
    if (hasPlaces && next < others.size())
        return Error{ErrorCode::invalidInput, others[next].path + ": the profile has no place left for it"};
    if (!hasPlaces && !others.empty()) {
        if (!profile.models.empty())
            profile.models = others;
        models = std::move(others);
    }
    if (models.empty())
        return Error{ErrorCode::invalidInput,
                     "the profile measures the models that are given; give one (PATH or NAME=PATH)"};
    return models;
}

std::vector<LaneSpec> lanesOf(const BenchmarkProfile& profile, const std::vector<ProfileModel>& models,
                              const LoadRequest& load, const MachineChoices& machine,
                              std::vector<std::string>& notes) {
    const auto threads = threadsOf(profile, machine, notes);
    const auto kernels = kernelsOf(profile, machine, notes);
    std::vector<std::string> schemes;
    for (const auto& scheme : profile.kv)
        addOnce(schemes, scheme);
    std::vector<LaneSpec> lanes;
    for (const auto& model : models)
        for (const int number : threads)
            for (const auto& choice : kernels)
                for (const auto& scheme : schemes) {
                    LaneSpec lane{model.name.empty() ? model.path : model.name, load};
                    lane.load.model = model.path;
                    lane.load.threads = number;
                    lane.load.kernels = choice;
                    lane.load.kv = scheme;
                    lane.load.context = profile.context;
                    if (threads.size() > 1)
                        lane.name += " " + std::to_string(number) + "t";
                    if (kernels.size() > 1)
                        lane.name += " " + choice;
                    if (schemes.size() > 1)
                        lane.name += " kv " + scheme;
                    lanes.push_back(std::move(lane));
                }
    return lanes;
}

std::vector<BenchmarkTest> testsOf(const BenchmarkProfile& profile) {
    std::vector<BenchmarkTest> tests;
    for (const auto& entry : profile.tests)
        for (const auto& test : makeTests(entry.prefill, entry.decode, entry.depth))
            addOnce(tests, test);
    return tests;
}

}  // namespace engine
