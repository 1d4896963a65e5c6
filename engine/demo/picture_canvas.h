#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "engine/vision/image_resize.h"

namespace engine::demo {

using Colour = std::array<std::uint8_t, 3>;

/// Paints plain figures on an RGB picture; edges are smoothed by 4 x 4 samples per pixel. All arithmetic is
/// in integers or exact comparisons of doubles, so that a picture is the same everywhere.
class PictureCanvas {
public:
    PictureCanvas(std::int64_t width, std::int64_t height, Colour background);

    /// Everything between the edges, in pixels; the far ones are outside.
    void rectangle(std::int64_t left, std::int64_t top, std::int64_t right, std::int64_t bottom,
                   Colour colour);
    /// One of figures() around a point, `radius` pixels from it to its farthest edges.
    void figure(const std::string& name, double x, double y, double radius, Colour colour);

    const RgbImage& image() const { return image_; }

private:
    void blend(std::int64_t x, std::int64_t y, Colour colour, int parts);
    RgbImage image_;
};

/// Names of what can be painted: circle, square, triangle, star, cross, ring.
const std::vector<std::string>& figures();

}  // namespace engine::demo
