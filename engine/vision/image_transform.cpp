#include "engine/vision/image_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

namespace engine {
namespace {

constexpr std::array kMean{0.48145466F, 0.4578275F, 0.40821073F};
constexpr std::array kDeviation{0.26862954F, 0.26130258F, 0.27577711F};

struct Canvas {
    std::int64_t width;
    std::int64_t height;
    float scale;
};

/// In the reference's order: most tiles first, of these the narrowest first.
std::vector<Canvas> canvasesFor(std::int64_t width, std::int64_t height, std::int64_t tileSize,
                                std::int64_t maxTiles) {
    std::vector<Canvas> canvases;
    for (auto tiles = maxTiles; tiles >= 1; --tiles)
        for (std::int64_t across = 1; across <= tiles; ++across)
            if (tiles % across == 0) {
                const auto w = across * tileSize;
                const auto h = tiles / across * tileSize;
                const float scale = std::min(static_cast<float>(w) / static_cast<float>(width),
                                             static_cast<float>(h) / static_cast<float>(height));
                canvases.push_back({w, h, scale});
            }
    return canvases;
}

/// The smallest enlargement, else the largest reduction.
float bestScale(const std::vector<Canvas>& canvases) {
    std::optional<float> enlarging;
    float reducing = 0.0F;
    for (const auto& canvas : canvases) {
        if (canvas.scale >= 1.0F)
            enlarging = std::min(enlarging.value_or(canvas.scale), canvas.scale);
        reducing = std::max(reducing, canvas.scale);
    }
    return enlarging.value_or(reducing);
}

}  // namespace

CanvasFit fitCanvas(std::int64_t width, std::int64_t height, std::int64_t tileSize, std::int64_t maxTiles) {
    const auto canvases = canvasesFor(width, height, tileSize, maxTiles);
    const float scale = bestScale(canvases);
    const Canvas* best = nullptr;
    for (const auto& canvas : canvases)
        if (canvas.scale == scale &&
            (best == nullptr || canvas.width * canvas.height < best->width * best->height))
            best = &canvas;
    // Enlarged at most until an edge is as long as a tile's.
    const auto targetWidth = std::min(std::max(width, tileSize), best->width);
    const auto targetHeight = std::min(std::max(height, tileSize), best->height);
    const double scaleX = static_cast<double>(targetWidth) / static_cast<double>(width);
    const double scaleY = static_cast<double>(targetHeight) / static_cast<double>(height);
    CanvasFit fit{best->width, best->height, targetWidth, targetHeight};
    if (scaleX < scaleY)
        fit.height = std::min(static_cast<std::int64_t>(std::floor(static_cast<double>(height) * scaleX)),
                              targetHeight);
    else
        fit.width =
            std::min(static_cast<std::int64_t>(std::floor(static_cast<double>(width) * scaleY)), targetWidth);
    return fit;
}

Result<TiledImage> tileImage(const RgbImage& image, const VisionConfig& vision) {
    if (image.width < 1 || image.height < 1 || image.width > kMostImagePixels / image.height)
        return Error{ErrorCode::invalidInput,
                     "the image has " + std::to_string(image.width) + " x " + std::to_string(image.height) +
                         " pixels; 1 to " + std::to_string(kMostImagePixels >> 20) + " million are possible"};
    if (image.pixels.size() != static_cast<std::size_t>(3 * image.width * image.height))
        return Error{ErrorCode::invalidInput, "the image's pixels do not fit its size"};
    const auto size = vision.tileSize;
    const auto fit = fitCanvas(image.width, image.height, size, vision.maxTiles);
    // The reference fails on what it scales to nothing.
    const auto resized =
        resizeBilinear(image, std::max<std::int64_t>(1, fit.width), std::max<std::int64_t>(1, fit.height));
    TiledImage tiled{fit.canvasHeight / size, fit.canvasWidth / size, size, {}};
    tiled.pixels.assign(static_cast<std::size_t>(3 * fit.canvasWidth * fit.canvasHeight), 0);
    for (std::int64_t y = 0; y < resized.height; ++y)
        for (std::int64_t x = 0; x < resized.width; ++x) {
            const auto tile = y / size * tiled.cols + x / size;
            for (std::int64_t channel = 0; channel < 3; ++channel)
                tiled.pixels[static_cast<std::size_t>(((tile * 3 + channel) * size + y % size) * size +
                                                      x % size)] =
                    resized.pixels[static_cast<std::size_t>((y * resized.width + x) * 3 + channel)];
        }
    return tiled;
}

std::vector<float> normalizedTile(const TiledImage& image, std::int64_t tile) {
    const auto plane = image.tileSize * image.tileSize;
    std::vector<float> values(static_cast<std::size_t>(3 * plane));
    for (std::size_t channel = 0; channel < 3; ++channel)
        for (std::int64_t i = 0; i < plane; ++i) {
            const auto at = static_cast<std::int64_t>(channel) * plane + i;
            const auto value = image.pixels[static_cast<std::size_t>(tile * 3 * plane + at)];
            values[static_cast<std::size_t>(at)] =
                (static_cast<float>(value) / 255.0F - kMean[channel]) / kDeviation[channel];
        }
    return values;
}

}  // namespace engine
