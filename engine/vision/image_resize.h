#pragma once

#include <cstdint>
#include <vector>

namespace engine {

/// 8-bit RGB pixels, row-major: [height, width, 3].
struct RgbImage {
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::vector<std::uint8_t> pixels;
    bool operator==(const RgbImage&) const = default;
};

/// Pillow's bilinear resize, which averages where it shrinks, to the bit: weights in 22-bit fixed point,
/// columns first, 8 bit between the two passes (Pillow: src/libImaging/Resample.c). Sizes are at least 1.
RgbImage resizeBilinear(const RgbImage& image, std::int64_t width, std::int64_t height);

}  // namespace engine
