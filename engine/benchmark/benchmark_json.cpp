#include "engine/benchmark/benchmark_json.h"

#include <nlohmann/json.hpp>

#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

Json toJson(const ProfileRecord& profile) {
    return {{"id", profile.id},
            {"sha256", profile.digest},
            {"shipped", profile.shipped},
            {"definition",
             profile.definition.empty() ? Json(nullptr) : Json::parse(profile.definition, nullptr, false)},
            {"notes", profile.notes},
            {"arguments", profile.arguments}};
}

ProfileRecord profileFrom(const Json& json) {
    ProfileRecord profile;
    profile.id = json.at("id").get<std::string>();
    profile.digest = json.at("sha256").get<std::string>();
    profile.shipped = json.at("shipped").get<bool>();
    if (const auto& definition = json.at("definition"); !definition.is_null())
        profile.definition = definition.dump();
    profile.notes = json.at("notes").get<std::vector<std::string>>();
    profile.arguments = json.at("arguments").get<std::vector<std::string>>();
    return profile;
}

Error broken(const std::string& what) {
    return {ErrorCode::corrupt, "the run's description cannot be read (" + what +
                                    "); it was written by another version of the program"};
}

}  // namespace

std::string toText(const BenchmarkRequest& request) {
    Json lanes = Json::array();
    for (const auto& lane : request.lanes)
        lanes.push_back({{"name", lane.name}, {"load", toJson(lane.load)}});
    Json tests = Json::array();
    for (const auto& test : request.tests)
        tests.push_back({{"test", test.test},
                         {"prompt", test.prompt},
                         {"generate", test.generate},
                         {"depth", test.depth}});
    Json json{{"kind", "bench"},
              {"profile", toJson(request.profile)},
              {"lanes", lanes},
              {"tests", tests},
              {"repetitions", request.repetitions.max},
              {"repetitions_min", request.repetitions.min},
              {"interval_percent", request.repetitions.intervalPercent},
              {"warmups", request.warmup.max},
              {"warmup_agree_percent", request.warmup.agreePercent},
              {"order", request.order == LaneOrder::interleaved ? "interleaved" : "sequential"},
              {"seed", request.seed},
              {"idle_seconds", request.idleSeconds}};
    if (request.quality)
        json["quality"] = {{"text", request.quality->text},
                           {"window", request.quality->window},
                           {"windows", request.quality->windows}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<BenchmarkRequest> benchmarkRequestFromText(const std::string& text) {
    try {
        const auto json = Json::parse(text);
        BenchmarkRequest request;
        request.profile = profileFrom(json.at("profile"));
        for (const auto& lane : json.at("lanes")) {
            auto load = loadRequestFromJson(lane.at("load"));
            if (!load)
                return broken(load.error().message);
            request.lanes.push_back({lane.at("name").get<std::string>(), *load});
        }
        for (const auto& test : json.at("tests"))
            request.tests.push_back(
                {test.at("test").get<std::string>(), test.at("prompt").get<std::int64_t>(),
                 test.at("generate").get<std::int64_t>(), test.at("depth").get<std::int64_t>()});
        request.repetitions = {json.at("repetitions_min").get<std::int64_t>(),
                               json.at("repetitions").get<std::int64_t>(),
                               json.at("interval_percent").get<double>()};
        request.warmup = {json.at("warmups").get<std::int64_t>(),
                          json.at("warmup_agree_percent").get<double>()};
        request.order = json.at("order") == "sequential" ? LaneOrder::sequential : LaneOrder::interleaved;
        request.seed = json.at("seed").get<std::uint64_t>();
        request.idleSeconds = json.value("idle_seconds", 0.0);
        if (const auto quality = json.find("quality"); quality != json.end())
            request.quality = ProfileQuality{quality->at("text").get<std::string>(),
                                             quality->at("window").get<std::int64_t>(),
                                             quality->at("windows").get<std::int64_t>()};
        return request;
    } catch (const Json::exception& error) {
        return broken(error.what());
    }
}

}  // namespace engine
