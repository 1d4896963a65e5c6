#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/model/vision_config.h"

namespace engine {

/// Keys as `anven inspect --json` prints them; what follows from others (tokens per tile) is among them.
nlohmann::json toJson(const VisionConfig& vision);
/// Throws what the JSON library throws.
VisionConfig visionFromJson(const nlohmann::json& json);

}  // namespace engine
