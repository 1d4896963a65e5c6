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

}  // namespace engine
