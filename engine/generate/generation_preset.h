#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/sampling/sampler.h"

namespace engine {

/// Sampling settings under a name, from profiles/generation/<id>.yaml.
struct GenerationPreset {
    std::string id;    ///< the file's name: "balanced"
    std::string name;  ///< for people: "Balanced"
    std::string description;
    SamplingOptions sampling;  ///< the seed is the default: presets say nothing of it
};

/// Errors: as readYaml and FieldReader.
Result<GenerationPreset> readGenerationPreset(const std::filesystem::path& file);

/// Those that ship with the program, from the coolest to the hottest. Errors: as readGenerationPreset;
/// notFound without the folder.
Result<std::vector<GenerationPreset>> generationPresets();

/// One of them by its id. Errors: notFound, naming those that there are.
Result<GenerationPreset> generationPreset(const std::string& id);

}  // namespace engine
