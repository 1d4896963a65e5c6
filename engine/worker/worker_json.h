#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/base/result.h"
#include "engine/worker/worker_client.h"

/// The worker protocol: one JSON object per line. Requests {"op": "load" | "generate" | "logits" | "score" |
/// "measure" | "evaluate" | "render" | "stop", "request": {…}}; answers {"event": "progress" | "token"} as
/// they happen, then exactly one {"event": "done", "result": {…}} or {"event": "error", "code", "message"}.
/// "stop" has no answer of its own.
namespace engine {

nlohmann::json toJson(const LoadRequest& request);
Result<LoadRequest> loadRequestFromJson(const nlohmann::json& json);
nlohmann::json toJson(const LoadedModel& model);
Result<LoadedModel> loadedModelFromJson(const nlohmann::json& json);
nlohmann::json toJson(const MeasureRequest& request);
Result<MeasureRequest> measureRequestFromJson(const nlohmann::json& json);
nlohmann::json toJson(const MeasureResult& result);
Result<MeasureResult> measureResultFromJson(const nlohmann::json& json);
nlohmann::json toJson(const EvaluationRequest& request);
Result<EvaluationRequest> evaluationRequestFromJson(const nlohmann::json& json);
nlohmann::json toJson(const std::vector<KernelUse>& uses);
nlohmann::json toJson(const std::vector<KernelChoice>& plan);

/// One line of text; invalid UTF-8 is replaced.
std::string toLine(const nlohmann::json& json);

}  // namespace engine
