#include "engine/vision/image_resize.h"

#include <algorithm>
#include <cmath>

namespace engine {
namespace {

constexpr int kPrecision = 22;  // 32 bits less 8 of the value and 2 of headroom

/// The samples that one output pixel is made of.
struct Taps {
    std::int64_t first = 0;
    std::vector<std::int32_t> weights;  // times 2^kPrecision
};

std::vector<Taps> tapsOf(std::int64_t in, std::int64_t out) {
    const double scale = static_cast<double>(in) / static_cast<double>(out);
    const double support = std::max(scale, 1.0);
    std::vector<Taps> all;
    std::vector<double> weights;
    for (std::int64_t i = 0; i < out; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        Taps taps;
        taps.first = std::max<std::int64_t>(0, static_cast<std::int64_t>(centre - support + 0.5));
        const auto end = std::min(in, static_cast<std::int64_t>(centre + support + 0.5));
        double sum = 0.0;
        weights.clear();
        for (auto x = taps.first; x < end; ++x) {
            const double distance = (static_cast<double>(x) - centre + 0.5) / support;
            weights.push_back(std::max(0.0, 1.0 - std::abs(distance)));
            sum += weights.back();
        }
        for (const double weight : weights)
            taps.weights.push_back(static_cast<std::int32_t>(0.5 + (sum != 0.0 ? weight / sum : weight) *
                                                                       static_cast<double>(1 << kPrecision)));
        all.push_back(std::move(taps));
    }
    return all;
}

/// Weighted sum of samples `stride` bytes apart.
std::uint8_t sample(const std::uint8_t* from, std::int64_t stride, const Taps& taps) {
    std::int64_t sum = std::int64_t{1} << (kPrecision - 1);
    for (const auto weight : taps.weights) {
        sum += std::int64_t{*from} * weight;
        from += stride;
    }
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kPrecision, 0, 255));
}

RgbImage resizeColumns(const RgbImage& image, std::int64_t width) {
    const auto taps = tapsOf(image.width, width);
    RgbImage out{width, image.height, {}};
    out.pixels.reserve(static_cast<std::size_t>(3 * width * image.height));
    for (std::int64_t y = 0; y < image.height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
            const auto& tap = taps[static_cast<std::size_t>(x)];
            const auto* from = image.pixels.data() + (y * image.width + tap.first) * 3;
            for (int channel = 0; channel < 3; ++channel)
                out.pixels.push_back(sample(from + channel, 3, tap));
        }
    return out;
}

RgbImage resizeRows(const RgbImage& image, std::int64_t height) {
    const auto taps = tapsOf(image.height, height);
    const auto stride = image.width * 3;
    RgbImage out{image.width, height, {}};
    out.pixels.reserve(static_cast<std::size_t>(stride * height));
    for (const auto& tap : taps)
        for (std::int64_t x = 0; x < stride; ++x)
            out.pixels.push_back(sample(image.pixels.data() + tap.first * stride + x, stride, tap));
    return out;
}

}  // namespace

RgbImage resizeBilinear(const RgbImage& image, std::int64_t width, std::int64_t height) {
    RgbImage result = width == image.width ? image : resizeColumns(image, width);
    return height == image.height ? result : resizeRows(result, height);
}

}  // namespace engine
