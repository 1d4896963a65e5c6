#include "engine/demo/picture_canvas.h"

#include <algorithm>
#include <cmath>

namespace engine::demo {
namespace {

constexpr int kSamples = 4;  // per pixel and axis

/// Whether a point belongs to a figure of radius 1 around the origin; y grows downwards.
using Inside = bool (*)(double x, double y);

bool inCircle(double x, double y) {
    return x * x + y * y <= 1.0;
}

bool inSquare(double x, double y) {
    return std::max(std::abs(x), std::abs(y)) <= 0.85;
}

bool inTriangle(double x, double y) {
    return y <= 0.8 && std::abs(x) * 1.8 <= y + 1.0;
}

/// Five points: inside where at least four of the five half-planes of its edges agree.
bool inStar(double x, double y) {
    // Outward normals of a pentagram's edges, at 36 + 72 k degrees from the top; cos(72 degrees) from the
    // centre.
    constexpr double kNormals[5][2] = {{0.5877852522924731, -0.8090169943749475},
                                       {0.9510565162951535, 0.3090169943749475},
                                       {0.0, 1.0},
                                       {-0.9510565162951535, 0.3090169943749475},
                                       {-0.5877852522924731, -0.8090169943749475}};
    int inside = 0;
    for (const auto& normal : kNormals)
        inside += x * normal[0] + y * normal[1] <= 0.3090169943749475 ? 1 : 0;
    return inside >= 4 && inCircle(x, y);
}

bool inCross(double x, double y) {
    const double most = std::max(std::abs(x), std::abs(y));
    return most <= 0.95 && std::min(std::abs(x), std::abs(y)) <= 0.3;
}

bool inRing(double x, double y) {
    const double squares = x * x + y * y;
    return squares <= 1.0 && squares >= 0.36;
}

struct Figure {
    const char* name;
    Inside inside;
};
constexpr Figure kFigures[] = {{"circle", inCircle}, {"square", inSquare}, {"triangle", inTriangle},
                               {"star", inStar},     {"cross", inCross},   {"ring", inRing}};

}  // namespace

const std::vector<std::string>& figures() {
    static const auto names = [] {
        std::vector<std::string> result;
        for (const auto& figure : kFigures)
            result.emplace_back(figure.name);
        return result;
    }();
    return names;
}

PictureCanvas::PictureCanvas(std::int64_t width, std::int64_t height, Colour background)
    : image_{width, height, {}} {
    for (std::int64_t i = 0; i < width * height; ++i)
        image_.pixels.insert(image_.pixels.end(), background.begin(), background.end());
}

void PictureCanvas::blend(std::int64_t x, std::int64_t y, Colour colour, int parts) {
    constexpr int kAll = kSamples * kSamples;
    if (x < 0 || y < 0 || x >= image_.width || y >= image_.height)
        return;
    auto* pixel = image_.pixels.data() + 3 * (y * image_.width + x);
    for (std::size_t c = 0; c < 3; ++c)
        pixel[c] =
            static_cast<std::uint8_t>((pixel[c] * (kAll - parts) + colour[c] * parts + kAll / 2) / kAll);
}

void PictureCanvas::rectangle(std::int64_t left, std::int64_t top, std::int64_t right, std::int64_t bottom,
                              Colour colour) {
    for (auto y = top; y < bottom; ++y)
        for (auto x = left; x < right; ++x)
            blend(x, y, colour, kSamples * kSamples);
}

void PictureCanvas::figure(const std::string& name, double x, double y, double radius, Colour colour) {
    const auto* found = std::find_if(std::begin(kFigures), std::end(kFigures),
                                     [&](const auto& figure) { return name == figure.name; });
    if (found == std::end(kFigures))
        return;
    const auto edge = [](double at) { return static_cast<std::int64_t>(std::floor(at)); };
    for (auto py = edge(y - radius); py <= edge(y + radius); ++py)
        for (auto px = edge(x - radius); px <= edge(x + radius); ++px) {
            int parts = 0;
            for (int s = 0; s < kSamples * kSamples; ++s) {
                const double sx = static_cast<double>(px) + (s % kSamples + 0.5) / kSamples;
                const double sy = static_cast<double>(py) + (s / kSamples + 0.5) / kSamples;
                parts += found->inside((sx - x) / radius, (sy - y) / radius) ? 1 : 0;
            }
            if (parts > 0)
                blend(px, py, colour, parts);
        }
}

}  // namespace engine::demo
