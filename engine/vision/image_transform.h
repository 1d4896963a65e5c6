#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/vision_config.h"
#include "engine/vision/image_resize.h"

namespace engine {

/// Images larger than this are refused: nothing of the detail would be seen, and resizing would take long.
inline constexpr std::int64_t kMostImagePixels = std::int64_t{64} << 20;

/// An image as a vision model takes it: cut into square tiles, 8 bit.
struct TiledImage {
    std::int64_t rows = 0;             ///< of tiles
    std::int64_t cols = 0;             ///< of tiles
    std::int64_t tileSize = 0;         ///< edge in pixels
    std::vector<std::uint8_t> pixels;  ///< [rows * cols, 3, tileSize, tileSize]

    std::int64_t tiles() const { return rows * cols; }
    bool operator==(const TiledImage&) const = default;
};

/// A canvas of whole tiles and the size that the image takes on it, at the top left; 0 where very long images
/// shrink to nothing.
struct CanvasFit {
    std::int64_t canvasWidth = 0;
    std::int64_t canvasHeight = 0;
    std::int64_t width = 0;
    std::int64_t height = 0;
    bool operator==(const CanvasFit&) const = default;
};

/// Which canvas of at most `maxTiles` tiles an image gets: the least enlargement that shows all of it, else
/// the least reduction, then the smallest area (llama-models: llama3/multimodal/image_transform.py).
CanvasFit fitCanvas(std::int64_t width, std::int64_t height, std::int64_t tileSize, std::int64_t maxTiles);

/// Resizes the image to its canvas, pads with black and cuts tiles. Errors: invalidInput for an image
/// without pixels, with more than kMostImagePixels or whose pixels do not fit its size.
Result<TiledImage> tileImage(const RgbImage& image, const VisionConfig& vision);

/// The tile's pixels as the encoder takes them, [3, tileSize, tileSize]: (v / 255 - mean) / deviation of each
/// channel.
std::vector<float> normalizedTile(const TiledImage& image, std::int64_t tile);

}  // namespace engine
