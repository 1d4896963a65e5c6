#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/evaluate/choices.h"
#include "engine/evaluate/perplexity.h"
#include "engine/evaluate/smoke.h"

namespace engine {

/// What `anven evaluate --json` prints; the divergences are null without a reference.
nlohmann::json toJson(const EvaluationResult& result);
/// … with `--choices`: one entry of `scores` per question; what needs a reference is null without one.
nlohmann::json toJson(const ChoicesResult& result);
/// … with `--smoke`.
nlohmann::json toJson(const SmokeResult& result);
/// Errors: invalidInput.
Result<EvaluationResult> evaluationFromJson(const nlohmann::json& json);

}  // namespace engine
