#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/model.h"
#include "engine/runtime/thread_team.h"
#include "engine/vision/image_transform.h"

namespace engine {

/// Runs the image encoder of a vision model (llama-models: llama3/multimodal/{encoder_utils,model}.py). Holds
/// nothing between images; belongs to the thread that created the team.
class ImageEncoder {
public:
    /// `model` must have vision weights.
    ImageEncoder(const Model& model, ThreadTeam& team) : model_(model), team_(team) {}

    /// The image's vision tokens, [tiles, tokensPerTile, dim]. Errors: invalidInput for tiles of another size
    /// or number than the model's, outOfMemory, cancelled (asked for between layers).
    Result<std::vector<float>> encode(const TiledImage& image, std::stop_token stop = {}) const;

    /// What encoding allocates while it runs, the result included.
    static std::int64_t bytesFor(const ModelConfig& config, bool exact);

private:
    const Model& model_;
    ThreadTeam& team_;
};

}  // namespace engine
