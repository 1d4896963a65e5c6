#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/evaluate/perplexity.h"

namespace engine {

/// What `anven evaluate --json` prints; the divergences are null without a reference.
nlohmann::json toJson(const EvaluationResult& result);
/// Errors: invalidInput.
Result<EvaluationResult> evaluationFromJson(const nlohmann::json& json);

}  // namespace engine
