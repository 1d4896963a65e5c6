#pragma once

#include <filesystem>

#include "engine/quantize/quantize.h"

namespace engine {

/// The name of the file that quantizeModel() writes beside a variant's weights.
inline constexpr const char* kQualityCardFile = "quality.json";

/// What a variant lost, from the card in the folder of `model` (a folder, or a file in it). Errors: notFound
/// where there is none; corrupt for a file that is not one.
Result<QuantizeReport> readQualityCard(const std::filesystem::path& model);

/// Writes the card of a variant into its folder. Errors: io.
Result<void> writeQualityCard(const QuantizeReport& report, const std::filesystem::path& folder);

}  // namespace engine
