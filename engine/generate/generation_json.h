#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/base/result.h"
#include "engine/generate/generation.h"

namespace engine {

/// The JSON of one answer, keys as `anven generate --json` prints them.
nlohmann::json toJson(const GenerationRecord& record);
nlohmann::json toJson(const EnergyResult& energy);
nlohmann::json toJson(const GenerationRequest& request);
/// [{width, height, rgb8: base64}].
nlohmann::json toJson(const SharedImages& images);
Result<SharedImages> imagesFromJson(const nlohmann::json& json);

/// The same with everything a program needs to rebuild the record (prompt ids, every gap). Errors:
/// invalidInput.
nlohmann::json toFullJson(const GenerationRecord& record);
Result<GenerationRecord> recordFromJson(const nlohmann::json& json);
Result<GenerationRequest> requestFromJson(const nlohmann::json& json);
EnergyResult energyFromJson(const nlohmann::json& json);

}  // namespace engine
