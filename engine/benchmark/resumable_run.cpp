// What is needed to continue a benchmark that was stopped.
#include <nlohmann/json.hpp>

#include "engine/base/version.h"
#include "engine/benchmark/benchmark.h"
#include "engine/benchmark/benchmark_json.h"
#include "engine/system/system_info.h"

namespace engine {
namespace {

std::string cpuOf(const std::string& machine) {
    const auto json = nlohmann::json::parse(machine, nullptr, false);
    return json.is_object() && json.contains("cpu") ? json["cpu"].dump() : std::string();
}

}  // namespace

Result<BenchmarkRequest> requestOfRun(Store& store, std::int64_t runId) {
    auto run = store.run(runId);
    if (!run)
        return run.error();
    const auto refuse = [&](const std::string& why) {
        return Error{ErrorCode::invalidInput, "run " + std::to_string(runId) + " " + why};
    };
    if (run->kind != "bench")
        return refuse("is no benchmark; only `anven bench` runs can be continued");
    if (run->build != buildText())
        return refuse("was measured by " + run->build + ", this is " + buildText() +
                      "; measure anew, the numbers would be mixed");
    if (const auto here = cpuOf(systemInfoJson()); cpuOf(run->machine) != here)
        return refuse("was measured on " + cpuOf(run->machine) + ", this is " + here + "; measure anew");
    return benchmarkRequestFromText(run->profileText);
}

}  // namespace engine
