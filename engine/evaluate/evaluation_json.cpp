#include "engine/evaluate/evaluation_json.h"

#include <nlohmann/json.hpp>

namespace engine {

nlohmann::json toJson(const EvaluationResult& result) {
    using Json = nlohmann::json;
    const auto number = [](const std::optional<double>& value) {
        return value ? Json(*value) : Json(nullptr);
    };
    return {{"tokens", result.tokens},
            {"nll", result.nll},
            {"perplexity", result.perplexity},
            {"ci95", result.ci95 ? Json{result.ci95->low, result.ci95->high} : Json(nullptr)},
            {"kl_mean", number(result.klMean)},
            {"kl_p99", number(result.klP99)},
            {"top1_agreement", number(result.top1Agreement)},
            {"kernels", result.kernels}};
}

Result<EvaluationResult> evaluationFromJson(const nlohmann::json& json) {
    try {
        const auto number = [&](const char* key) {
            return json.at(key).is_null() ? std::nullopt : std::optional(json.at(key).get<double>());
        };
        EvaluationResult result;
        result.tokens = json.at("tokens").get<std::int64_t>();
        result.nll = json.at("nll").get<double>();
        result.perplexity = json.at("perplexity").get<double>();
        if (const auto& interval = json.at("ci95"); !interval.is_null())
            result.ci95 = Interval{interval.at(0).get<double>(), interval.at(1).get<double>()};
        result.klMean = number("kl_mean");
        result.klP99 = number("kl_p99");
        result.top1Agreement = number("top1_agreement");
        result.kernels = json.value("kernels", "");
        return result;
    } catch (const nlohmann::json::exception& e) {
        return Error{ErrorCode::invalidInput, std::string("an evaluation does not parse: ") + e.what()};
    }
}

}  // namespace engine
