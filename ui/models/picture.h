#pragma once

#include <QImage>
#include <QString>
#include <optional>

#include "engine/model/vision_config.h"
#include "engine/store/picture_row.h"

namespace ui {

/// A picture that a person attached: the file as it came, and a small view of it.
struct Picture {
    engine::PictureRow row;
    QImage preview;  ///< at most kPreview pixels; null until it is decoded
};

inline constexpr int kPreview = 480;  ///< pixels, twice what a message shows

/// Whether the name is that of a picture; its content may say otherwise.
bool isPictureFile(const QString& file);
/// What kinds of files a dialog offers.
QString pictureFilter();

/// "512 × 384 px · 23 KiB".
QString pictureSize(const engine::PictureRow& picture);
/// "chart.png, 512 × 384 pixels, 23 KiB".
QString pictureFacts(const engine::PictureRow& picture);
/// What a model that cannot see is told.
QString pictureNote(const engine::PictureRow& picture);

/// What a picture costs a model that sees.
struct PictureCost {
    std::int64_t tiles = 0;
    std::int64_t tokens = 0;  ///< that cross-attention looks at; in the context it takes one
};
PictureCost costOf(const engine::PictureRow& picture, const engine::VisionConfig& vision);
/// "4 tiles, 6,404 tokens".
QString costText(const PictureCost& cost);

}  // namespace ui
