#include "engine/compare/comparison_json.h"

#include <nlohmann/json.hpp>

#include "engine/base/error_names.h"
#include "engine/generate/generation_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

Json laneJson(const LaneResult& lane) {
    Json json = lane.record ? toJson(*lane.record) : Json::object();
    json["lane"] = lane.spec.name;
    json["model"] = lane.spec.load.model;
    json["variant"] = lane.loaded ? Json(lane.loaded->config.variant) : Json(nullptr);
    if (lane.error)
        json["error"] = {{"code", name(lane.error->code)}, {"message", lane.error->message}};
    return json;
}

}  // namespace

Json toJson(const Agreement& agreement) {
    return {
        {"lane", agreement.lane},
        {"reference", agreement.reference},
        {"top1", agreement.top1},
        {"kl_mean", agreement.klMean},
        {"first_divergence", agreement.firstDivergence ? Json(*agreement.firstDivergence) : Json(nullptr)}};
}

Json toJson(const ComparisonResult& result) {
    Json lanes = Json::array();
    Json agreement = Json::array();
    for (const auto& lane : result.lanes) {
        lanes.push_back(laneJson(lane));
        if (lane.agreement)
            agreement.push_back(toJson(*lane.agreement));
    }
    Json json{{"prompt", result.prompt},
              {"lanes", lanes},
              {"agreement", agreement},
              {"cancelled", result.cancelled}};
    json["run_id"] = result.runId != 0 ? Json(result.runId) : Json(nullptr);
    return json;
}

}  // namespace engine
