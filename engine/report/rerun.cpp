#include "engine/report/rerun.h"

#include <nlohmann/json.hpp>

#include "engine/base/version.h"
#include "engine/benchmark/benchmark_json.h"
#include "engine/checkpoint/model_digest.h"
#include "engine/generate/generation_json.h"
#include "engine/report/environment.h"
#include "engine/synthetic/random_model_cache.h"
#include "engine/system/system_info.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

Error unreadable(const RunReport& report, const std::string& why) {
    return {ErrorCode::corrupt, "run " + std::to_string(report.run.id) + " does not say what it measured (" +
                                    why + "); it cannot be measured again"};
}

Result<ComparisonRequest> comparisonOf(const RunReport& report) {
    try {
        const auto json = Json::parse(report.run.profileText);
        auto generation = requestFromJson(json.at("generation"));
        if (!generation)
            return unreadable(report, generation.error().message);
        auto order = compareOrderFromName(json.value("order", std::string("sequential")));
        if (!order)
            return unreadable(report, order.error().message);
        ComparisonRequest request;
        request.order = *order;
        request.generation = std::move(*generation);
        for (const auto& lane : json.at("lanes")) {
            auto load = loadRequestFromJson(lane.at("load"));
            if (!load)
                return unreadable(report, load.error().message);
            request.lanes.push_back({lane.at("name").get<std::string>(), std::move(*load)});
        }
        return request;
    } catch (const Json::exception& error) {
        return unreadable(report, error.what());
    }
}

/// The random model that the profile has for this lane; empty where it has none.
std::string randomModelOf(const BenchmarkRequest& request, const LaneSpec& lane) {
    const auto definition = Json::parse(request.profile.definition, nullptr, false);
    if (!definition.is_object() || !definition.contains("models"))
        return {};
    for (const auto& model : definition["models"]) {
        const auto word = [&](const char* key) {
            return model.is_object() && model.contains(key) && model[key].is_string()
                       ? model[key].get<std::string>()
                       : std::string();
        };
        if (!word("random").empty() && lane.name.starts_with(word("name")))
            return word("random");
    }
    return {};
}

bool isThere(const std::string& model) {
    std::error_code error;
    return model.starts_with("demo:") || std::filesystem::exists(model, error);
}

Result<void> findModel(const std::string& random, LaneSpec& lane, const std::stop_token& stop) {
    if (isThere(lane.load.model))
        return {};
    if (random.empty())
        return Error{ErrorCode::notFound, "lane " + lane.name + ": there is no model at " + lane.load.model +
                                              "; put it there to measure the run again"};
    auto made = cachedRandomModel(random, randomModelCache(), stop);
    if (!made)
        return made.error();
    lane.load.model = made->string();
    return {};
}

/// Whether the program still ships the profile as the run measured it.
bool shipsStill(const ProfileRecord& record) {
    if (!record.shipped)
        return false;
    const auto now = benchmarkProfile(record.id);
    return now && profileDigest(*now) == record.digest;
}

Result<void> addWarnings(const RunReport& report, const std::vector<LaneSpec>& lanes,
                         std::vector<std::string>& warnings, const std::stop_token& stop) {
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        auto digest = modelDigest(lanes[i].load.model, stop);
        if (!digest)
            return digest.error();
        const auto& then = i < report.lanes.size() ? report.lanes[i].lane.digest : std::string();
        const auto& name = i < report.lanes.size() ? report.lanes[i].lane.name : lanes[i].name;
        if (then.empty())
            warnings.push_back("lane " + name +
                               ": the run keeps no digest of its model; it may be another one");
        else if (then != *digest)
            warnings.push_back("lane " + name + ": the model at " + lanes[i].load.model +
                               " is not the one that was measured (sha256 " + digest->substr(0, 12) +
                               "…, was " + then.substr(0, 12) + "…)");
    }
    RunRow here;
    here.machine = systemInfoJson();
    if (const auto now = machineLabel(here); now != machineLabel(report.run))
        warnings.push_back("the run was measured on " + machineLabel(report.run) + ", this is " + now);
    if (report.run.build != buildText())
        warnings.push_back("the run was measured by " + report.run.build + ", this is " + buildText());
    return {};
}

}  // namespace

Result<Rerun> rerunOf(const RunReport& report, std::stop_token stop) {
    Rerun rerun;
    if (report.run.kind == "compare") {
        auto request = comparisonOf(report);
        if (!request)
            return request.error();
        rerun.compare = std::move(*request);
    } else {
        auto request = benchmarkRequestFromText(report.run.profileText);
        if (!request)
            return unreadable(report, request.error().message);
        request->profile.shipped = shipsStill(request->profile);
        rerun.bench = std::move(*request);
    }
    auto& lanes = rerun.bench ? rerun.bench->lanes : rerun.compare->lanes;
    for (auto& lane : lanes) {
        const auto random = rerun.bench ? randomModelOf(*rerun.bench, lane) : std::string();
        if (auto found = findModel(random, lane, stop); !found)
            return found.error();
    }
    if (auto warned = addWarnings(report, lanes, rerun.warnings, stop); !warned)
        return warned.error();
    return rerun;
}

Result<std::int64_t> measureAgain(const Rerun& rerun, const BenchmarkListener& listener, Store& store,
                                  std::stop_token stop) {
    if (rerun.bench)
        return runBenchmark(*rerun.bench, listener, store, std::move(stop));
    auto result = runComparison(*rerun.compare, {}, &store, std::move(stop));
    if (!result)
        return result.error();
    return result->runId;
}

}  // namespace engine
