#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/model/model_config.h"
#include "engine/prompt/prompt_format.h"
#include "engine/train/training_data.h"
#include "engine/vision/image_transform.h"

namespace engine::train {

/// A picture and talks about it, each shown the picture by its first message.
struct PictureExample {
    std::shared_ptr<const RgbImage> picture;
    std::vector<std::vector<Message>> talks;
};

/// Where training on pictures gets its examples. May be asked from one thread at a time.
class PictureSource {
public:
    virtual ~PictureSource() = default;
    /// Example number `index`, from 0 without an end: the same for the same number.
    virtual PictureExample at(std::int64_t index) const = 0;
    /// What decides the examples, in words: two sources that say the same give the same.
    virtual std::string identity() const = 0;
};

/// The picture's tiles, normalized and cut into patches as the encoder reads them.
PicturePatches patchesOf(const TiledImage& image, const VisionConfig& vision);

/// The picture with its talks side by side in one row: each sees the picture from its image token on, and
/// loses what is longer than `sequence` tokens. Errors: as renderDialog and tileImage.
Result<TrainRow> pictureRow(const PictureExample& example, const Tokenizer& tokenizer,
                            const ModelConfig& config, std::int64_t sequence);

}  // namespace engine::train
