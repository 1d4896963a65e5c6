#pragma once

#include <QImage>
#include <QString>
#include <QStringList>
#include <string>

#include "engine/base/result.h"
#include "engine/vision/image_resize.h"

namespace ui {

/// Files larger than this are no pictures to show a model, and would fill the database.
inline constexpr qint64 kMostPictureBytes = qint64{64} << 20;

/// What names of picture files end with: "png", "jpg", …
const QStringList& pictureEndings();

/// The bytes of a picture file, not decoded. Errors: notFound, io; invalidInput beyond kMostPictureBytes.
engine::Result<std::string> readPictureBytes(const QString& path);

/// Decodes a picture of anybody's: PNG, JPEG, WebP, GIF, BMP, PNM or TIFF, recognised by its content, the
/// first frame of an animation, upright by its EXIF orientation. Nothing is allocated for a header that
/// promises more than engine::kMostImagePixels. `within` not empty: scaled down to fit. Needs no application
/// object; may be called on any thread. Errors: invalidInput for what is no such picture or damaged.
engine::Result<QImage> decodePicture(const std::string& bytes, const QSize& within = {});

/// A decoded picture as the engine takes it: any colour format becomes RGB8, transparency stands over white.
/// Errors: invalidInput for an empty or too large one.
engine::Result<engine::RgbImage> rgbOf(const QImage& picture);

/// readPictureBytes(), decodePicture() and rgbOf(), with the file's name in errors.
engine::Result<engine::RgbImage> readPictureFile(const QString& path);

}  // namespace ui
