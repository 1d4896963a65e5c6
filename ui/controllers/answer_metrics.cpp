#include "ui/controllers/answer_metrics.h"

#include <nlohmann/json.hpp>

#include "engine/generate/generation_json.h"

namespace ui {

std::string answerMetrics(const engine::GenerationRecord& record) {
    auto json = engine::toJson(record);
    json.erase("text");
    json.erase("tokens");
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string errorMetrics(const engine::Error& error) {
    return nlohmann::json{{"error", error.message}}.dump(-1, ' ', false,
                                                         nlohmann::json::error_handler_t::replace);
}

}  // namespace ui
