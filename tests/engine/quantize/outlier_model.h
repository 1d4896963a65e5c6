#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"

namespace testsupport {

/// Writes the stress model of rotations: the same function as `model` (a text model in floating point), its
/// residual stream turned into the eigenbasis of its covariance over `text`, norms folded. Channels then
/// differ as much as an orthogonal change of basis can make them: they are what outlier channels are in large
/// models. f32 safetensors in the folder `out`.
engine::Result<void> writeOutlierModel(const std::string& model, const std::filesystem::path& text,
                                       const std::filesystem::path& out);

}  // namespace testsupport
