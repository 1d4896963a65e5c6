#include "engine/compare/comparison_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error_names.h"
#include "engine/generate/generation_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

Json laneJson(const LaneResult& lane, bool tokenScores) {
    Json json = lane.record ? toJson(*lane.record) : Json::object();
    json["lane"] = lane.spec.name;
    json["model"] = lane.spec.load.model;
    json["variant"] = lane.loaded ? Json(lane.loaded->config.variant) : Json(nullptr);
    const auto& scores = lane.tokens.scores;
    json["reference_nll"] = scores.empty() ? Json(nullptr) : Json(meanNegativeLogLikelihood(scores));
    if (!lane.tokens.reason.empty())
        json["reference_nll_reason"] = lane.tokens.reason;
    if (tokenScores)
        json["reference_tokens"] = toJson(lane.tokens);
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

Json toJson(const AnswerTokens& tokens) {
    Json probabilities = Json::array();
    Json ranks = Json::array();
    for (const auto& score : tokens.scores) {
        probabilities.push_back(score.probability);
        ranks.push_back(score.rank);
    }
    return {{"starts", tokens.starts},
            {"probability", probabilities},
            {"rank", ranks},
            {"reason", tokens.reason}};
}

AnswerTokens answerTokensFromText(const std::string& text) {
    try {
        const auto json = Json::parse(text);
        AnswerTokens tokens;
        tokens.starts = json.at("starts").get<std::vector<std::int64_t>>();
        tokens.reason = json.at("reason").get<std::string>();
        const auto probabilities = json.at("probability").get<std::vector<double>>();
        const auto ranks = json.at("rank").get<std::vector<std::int64_t>>();
        for (std::size_t i = 0; i < std::min(probabilities.size(), ranks.size()); ++i)
            tokens.scores.push_back({probabilities[i], ranks[i]});
        return tokens;
    } catch (const Json::exception&) {
        return {};  // the database may come from anywhere
    }
}

Json toJson(const ComparisonResult& result, bool tokenScores) {
    Json lanes = Json::array();
    Json agreement = Json::array();
    for (const auto& lane : result.lanes) {
        lanes.push_back(laneJson(lane, tokenScores));
        if (lane.agreement)
            agreement.push_back(toJson(*lane.agreement));
    }
    Json json{{"prompt", result.prompt},
              {"lanes", lanes},
              {"agreement", agreement},
              {"order", std::string(name(result.order))},
              {"fair", result.order == CompareOrder::sequential},
              {"cancelled", result.cancelled}};
    json["run_id"] = result.runId != 0 ? Json(result.runId) : Json(nullptr);
    return json;
}

}  // namespace engine
