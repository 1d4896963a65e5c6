#pragma once

#include <QImage>
#include <QString>

#include "engine/base/result.h"
#include "engine/vision/image_resize.h"

namespace ui {

/// Decodes a picture file of anybody's: PNG, JPEG, WebP, GIF, BMP, PNM or TIFF, recognised by its content,
/// the first frame of an animation, upright by its EXIF orientation, transparency over white. Any colour
/// format becomes RGB8. Nothing is allocated for a header that promises more than engine::kMostImagePixels.
/// Needs no application object. Errors: notFound, invalidInput for what is no such picture or damaged.
engine::Result<engine::RgbImage> readPictureFile(const QString& path);

/// A picture that is decoded already (pasted, dropped). Errors: invalidInput for an empty or too large one.
engine::Result<engine::RgbImage> rgbOf(const QImage& picture);

}  // namespace ui
