#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/model.h"
#include "engine/runtime/key_values.h"
#include "engine/runtime/thread_team.h"
#include "engine/vision/image_transform.h"

namespace engine {

/// What the cross-attention blocks of a model know of one image: keys and values of its vision tokens,
/// computed once. Immutable; may be seen from several places of a conversation.
class ImageKeys {
public:
    /// Encodes the image. `f32`: keys and values are kept as computed, else in BF16. Errors: as
    /// ImageEncoder::encode; outOfMemory with the bytes needed and free.
    static Result<std::shared_ptr<const ImageKeys>> compute(const Model& model, ThreadTeam& team,
                                                            std::shared_ptr<const TiledImage> image, bool f32,
                                                            std::stop_token stop);

    const TiledImage& image() const { return *image_; }
    SeenPositions seen(std::int64_t crossLayer) const {
        return layers_[static_cast<std::size_t>(crossLayer)].seen();
    }
    /// Vision tokens: positions that a cross-attention block attends to.
    std::int64_t tokens() const { return tokens_; }
    std::int64_t bytes() const { return bytes_; }

    /// What bytes() of an image of so many tiles is.
    static std::int64_t bytesFor(const ModelConfig& config, std::int64_t tiles, bool f32);

private:
    ImageKeys() = default;

    std::shared_ptr<const TiledImage> image_;
    std::vector<KeyValues> layers_;  // by cross-attention layer
    std::int64_t tokens_ = 0;
    std::int64_t bytes_ = 0;
};

/// An image in a session's context.
struct ShownImage {
    std::int64_t position = 0;  ///< of its token
    std::shared_ptr<const ImageKeys> keys;
};

/// The images that a token at `position` attends to: the last one before it or at it, and those whose tokens
/// stand directly before that one's (llama-models: create_vision_mask). `images` are in order of position.
std::span<const ShownImage> visibleAt(std::span<const ShownImage> images, std::int64_t position);

}  // namespace engine
