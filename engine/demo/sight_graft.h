#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"

namespace engine::demo {

/// The numbers of a vision tensor, by its name and shape.
using VisionValues =
    std::function<std::vector<float>(const std::string& name, const std::vector<std::int64_t>& shape)>;

/// Writes a text model in Meta's layout with an image encoder and cross-attention blocks beside it, which are
/// BF16; the text model's tensors stay as they are, bit for bit. Errors: unsupported for another layout; io.
Result<void> writeSeeing(const Checkpoint& text, const VisionConfig& vision, const VisionValues& values,
                         const std::filesystem::path& folder);

/// Gives a variant of a text model the eyes of another variant, which were trained. Where the variant's
/// residual stream is rotated (SpinQuant), so are the cross-attention blocks, whose norms are folded in then;
/// the rotation is read off the two embeddings. Errors: as Checkpoint::open and writeSeeing; invalidInput
/// where the two do not belong together.
Result<void> lendSight(const std::string& seeing, const std::string& variant,
                       const std::filesystem::path& folder);

}  // namespace engine::demo
