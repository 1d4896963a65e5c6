#pragma once

#include <QToolButton>

#include "ui/models/picture.h"

namespace ui {

/// The picture scaled into `size` with round corners, for a screen of this pixel ratio.
QPixmap thumbnailOf(const QImage& image, const QSize& size, double pixelRatio);

/// A picture of a message; pressing it shows it larger.
class PictureThumb : public QToolButton {
    Q_OBJECT

public:
    PictureThumb(const engine::PictureRow& row, int place, QWidget* parent = nullptr);
    void setPreview(const QImage& preview);

private:
    void showLarger();

    engine::PictureRow row_;
};

}  // namespace ui
