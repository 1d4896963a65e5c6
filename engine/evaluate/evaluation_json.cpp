#include "engine/evaluate/evaluation_json.h"

#include <nlohmann/json.hpp>

namespace engine {
namespace {

using Json = nlohmann::json;

Json orNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json orNull(const std::optional<Interval>& value) {
    return value ? Json{value->low, value->high} : Json(nullptr);
}

Json toJson(const ChoiceAccuracy& accuracy) {
    return {{"right", accuracy.right},
            {"accuracy", accuracy.accuracy},
            {"ci95", orNull(accuracy.ci95)},
            {"right_per_byte", accuracy.rightPerByte},
            {"accuracy_per_byte", accuracy.accuracyPerByte},
            {"ci95_per_byte", orNull(accuracy.perByteCi95)}};
}

}  // namespace

Json toJson(const EvaluationResult& result) {
    return {{"tokens", result.tokens},
            {"nll", result.nll},
            {"perplexity", result.perplexity},
            {"ci95", orNull(result.ci95)},
            {"kl_mean", orNull(result.klMean)},
            {"kl_mean_ci95", orNull(result.klCi95)},
            {"kl_p99", orNull(result.klP99)},
            {"top1_agreement", orNull(result.top1Agreement)},
            {"top1_agreement_ci95", orNull(result.top1Ci95)},
            {"ln_perplexity_ratio", orNull(result.lnPerplexityRatio)},
            {"ln_perplexity_ratio_ci95", orNull(result.lnPerplexityRatioCi95)},
            {"rms_delta_p", orNull(result.rmsDeltaP)},
            {"kernels", result.kernels}};
}

Json toJson(const ChoicesResult& result) {
    Json json = toJson(result.model);
    json["questions"] = result.questions;
    json["chance"] = result.chance;
    json["kernels"] = result.kernels;
    json["reference"] = result.reference ? toJson(*result.reference) : Json(nullptr);
    json["agreement"] = orNull(result.agreement);
    json["lost"] = result.reference ? Json(result.lost) : Json(nullptr);
    json["gained"] = result.reference ? Json(result.gained) : Json(nullptr);
    json["p"] = orNull(result.p);
    json["scores"] = Json::array();
    for (const auto& score : result.scores)
        json["scores"].push_back({{"log_likelihood", score.logLikelihood},
                                  {"best", score.best},
                                  {"best_per_byte", score.bestPerByte}});
    return json;
}

Json toJson(const SmokeResult& result) {
    Json prompts = Json::array();
    for (const auto& prompt : result.prompts)
        prompts.push_back({{"name", prompt.name},
                           {"prompt", prompt.prompt},
                           {"baseline_text", prompt.baselineText},
                           {"text", prompt.text},
                           {"tokens", prompt.tokens},
                           {"top1_agreement", prompt.top1Agreement},
                           {"kl_mean", prompt.klMean},
                           {"stammers", prompt.stammers},
                           {"baseline_stammers", prompt.baselineStammers},
                           {"passed", prompt.problem.empty()},
                           {"problem", prompt.problem}});
    return {{"passed", result.passed},
            {"problem", result.problem},
            {"top1_agreement", result.top1Agreement},
            {"kl_mean", result.klMean},
            {"prompts", std::move(prompts)}};
}

Result<EvaluationResult> evaluationFromJson(const nlohmann::json& json) {
    try {
        const auto number = [&](const char* key) {
            return json.at(key).is_null() ? std::nullopt : std::optional(json.at(key).get<double>());
        };
        const auto interval = [&](const char* key) {
            const auto& at = json.at(key);
            return at.is_null() ? std::nullopt
                                : std::optional(Interval{at.at(0).get<double>(), at.at(1).get<double>()});
        };
        EvaluationResult result;
        result.tokens = json.at("tokens").get<std::int64_t>();
        result.nll = json.at("nll").get<double>();
        result.perplexity = json.at("perplexity").get<double>();
        result.ci95 = interval("ci95");
        result.klMean = number("kl_mean");
        result.klCi95 = interval("kl_mean_ci95");
        result.klP99 = number("kl_p99");
        result.top1Agreement = number("top1_agreement");
        result.top1Ci95 = interval("top1_agreement_ci95");
        result.lnPerplexityRatio = number("ln_perplexity_ratio");
        result.lnPerplexityRatioCi95 = interval("ln_perplexity_ratio_ci95");
        result.rmsDeltaP = number("rms_delta_p");
        result.kernels = json.value("kernels", "");
        return result;
    } catch (const nlohmann::json::exception& e) {
        return Error{ErrorCode::invalidInput, std::string("an evaluation does not parse: ") + e.what()};
    }
}

}  // namespace engine
