#include "engine/generate/generation_preset.h"

#include <algorithm>

#include "engine/base/resources.h"
#include "engine/profile/field_reader.h"

namespace engine {

Result<GenerationPreset> readGenerationPreset(const std::filesystem::path& file) {
    auto document = readYaml(file);
    if (!document)
        return document.error();
    GenerationPreset preset;
    preset.id = file.stem().string();
    preset.sampling.topP = 1.0F;  // what a preset does not name is off
    FieldReader fields(*document, file.filename().string());
    fields.require("name");
    fields.require("temperature");
    fields.text("name", preset.name);
    fields.text("description", preset.description);
    fields.number("temperature", 0.0, 2.0, preset.sampling.temperature);
    fields.number("top_p", 0.01, 1.0, preset.sampling.topP);
    fields.integer("top_k", 0, 1 << 24, preset.sampling.topK);
    fields.number("min_p", 0.0, 1.0, preset.sampling.minP);
    fields.number("repetition_penalty", 0.5, 2.0, preset.sampling.repetitionPenalty);
    if (auto valid = fields.finish(); !valid)
        return valid.error();
    return preset;
}

Result<std::vector<GenerationPreset>> generationPresets() {
    const auto folder = profilePath("generation");
    if (folder.empty())
        return Error{ErrorCode::notFound,
                     "the presets' files are missing; reinstall, or set ANVEN_PROFILES to the folder that "
                     "holds generation/"};
    std::vector<GenerationPreset> presets;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failure)) {
        if (entry.path().extension() != ".yaml")
            continue;
        auto preset = readGenerationPreset(entry.path());
        if (!preset)
            return preset.error();
        presets.push_back(std::move(*preset));
    }
    if (failure)
        return Error{ErrorCode::io, folder.string() + ": " + failure.message()};
    std::sort(presets.begin(), presets.end(), [](const auto& a, const auto& b) {
        return std::tie(a.sampling.temperature, a.id) < std::tie(b.sampling.temperature, b.id);
    });
    return presets;
}

Result<GenerationPreset> generationPreset(const std::string& id) {
    auto presets = generationPresets();
    if (!presets)
        return presets.error();
    std::string known;
    for (auto& preset : *presets) {
        if (preset.id == id)
            return std::move(preset);
        known += (known.empty() ? "" : ", ") + preset.id;
    }
    return Error{ErrorCode::notFound, "there is no preset '" + id + "'; there are " + known};
}

}  // namespace engine
