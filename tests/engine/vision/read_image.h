#pragma once

#include <QImage>
#include <QString>
#include <filesystem>

#include "engine/vision/image_resize.h"

namespace testsupport {

/// A picture of the fixtures as RGB8; empty where it cannot be read.
inline engine::RgbImage readImage(const std::filesystem::path& path) {
    const auto picture = QImage(QString::fromStdString(path.string())).convertToFormat(QImage::Format_RGB888);
    engine::RgbImage image{picture.width(), picture.height(), {}};
    for (int y = 0; y < picture.height(); ++y)
        image.pixels.insert(image.pixels.end(), picture.constScanLine(y),
                            picture.constScanLine(y) + 3 * picture.width());
    return image;
}

}  // namespace testsupport
