#include "engine/train/picture_rows.h"

#include <algorithm>
#include <numeric>

namespace engine::train {
namespace {

/// A talk's tokens with the image token as models number it: behind the vocabulary.
TrainExample talkExample(std::span<const Message> talk, const Tokenizer& tokenizer, PromptFormat format,
                         std::int64_t vocabSize) {
    auto example = dialogExample(talk, tokenizer, format);
    if (const auto image = tokenizer.special("<|image|>"))
        std::replace(example.tokens.begin(), example.tokens.end(), raw(*image),
                     static_cast<std::int32_t>(vocabSize));
    return example;
}

}  // namespace

PicturePatches patchesOf(const TiledImage& image, const VisionConfig& vision) {
    const auto size = image.tileSize;
    const auto p = vision.patchSize;
    const auto across = size / p;
    PicturePatches patches{image.rows, image.cols, {}};
    patches.values.reserve(image.pixels.size());
    for (std::int64_t tile = 0; tile < image.tiles(); ++tile) {
        const auto pixels = normalizedTile(image, tile);
        for (std::int64_t patch = 0; patch < vision.patchesPerTile(); ++patch)
            for (std::int64_t channel = 0; channel < 3; ++channel)
                for (std::int64_t y = 0; y < p; ++y) {
                    const auto from = pixels.begin() + (channel * size + patch / across * p + y) * size +
                                      patch % across * p;
                    patches.values.insert(patches.values.end(), from, from + p);
                }
    }
    return patches;
}

Result<TrainRow> pictureRow(const PictureExample& example, const Tokenizer& tokenizer,
                            const ModelConfig& config, std::int64_t sequence) {
    auto tiles = tileImage(*example.picture, *config.vision);
    if (!tiles)
        return tiles.error();
    const auto format = promptFormatFor(tokenizer);
    std::vector<TrainExample> talks;
    for (auto talk : example.talks) {
        talk.front().images = {example.picture};
        if (auto rendered = renderDialog(talk, tokenizer, format); !rendered)
            return rendered.error();
        auto tokens = talkExample(talk, tokenizer, format, config.vocabSize);
        const auto length = static_cast<std::size_t>(std::min(tokens.size(), sequence + 1));
        tokens.tokens.resize(length);
        tokens.learned.resize(length);
        talks.push_back(std::move(tokens));
    }
    std::vector<std::size_t> order(talks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto row = rowOf(talks, order);
    row.row.picture = std::make_shared<const PicturePatches>(patchesOf(*tiles, *config.vision));
    for (const auto& segment : row.row.segments) {
        bool sees = false;
        for (auto t = segment.begin; t < segment.begin + segment.length; ++t) {
            sees = sees || row.row.tokens[static_cast<std::size_t>(t)] >= config.vocabSize;
            if (sees)
                row.row.seeing.push_back(t);
        }
    }
    return row;
}

}  // namespace engine::train
