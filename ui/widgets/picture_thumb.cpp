#include "ui/widgets/picture_thumb.h"

#include <QPainter>
#include <QPainterPath>

#include "ui/dialogs/picture_dialog.h"
#include "ui/models/plain_tip.h"

namespace ui {
namespace {

constexpr QSize kMost{240, 180};  // pixels
constexpr QSize kLeast{48, 48};
constexpr double kCorner = 6.0;
constexpr int kFrame = 4;  // of the focus ring

/// What a picture takes of `within`, never enlarged.
QSize shownSize(const QSize& picture, const QSize& within) {
    return picture.width() <= within.width() && picture.height() <= within.height()
               ? picture
               : picture.scaled(within, Qt::KeepAspectRatio).expandedTo({1, 1});
}

}  // namespace

QPixmap thumbnailOf(const QImage& image, const QSize& size, double pixelRatio) {
    if (image.isNull())
        return {};
    const auto shown = shownSize(image.size(), size * pixelRatio);
    QPixmap pixmap(shown);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    QPainterPath corners;
    corners.addRoundedRect(QRectF(QPointF(0, 0), QSizeF(shown)), kCorner * pixelRatio, kCorner * pixelRatio);
    painter.setClipPath(corners);
    painter.drawImage(QRect(QPoint(0, 0), shown),
                      image.scaled(shown, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    painter.end();
    pixmap.setDevicePixelRatio(pixelRatio);
    return pixmap;
}

PictureThumb::PictureThumb(const engine::PictureRow& row, int place, QWidget* parent)
    : QToolButton(parent), row_(row) {
    setObjectName(QStringLiteral("messagePicture%1").arg(place));
    setProperty("kind", "thumb");
    const QString facts = pictureFacts(row);
    setAccessibleName(facts);
    setToolTip(plainTip(facts + QLatin1Char('\n') + tr("Click to see it larger")));
    setCursor(Qt::PointingHandCursor);
    setFixedSize(kLeast + QSize(2 * kFrame, 2 * kFrame));
    connect(this, &QToolButton::clicked, this, &PictureThumb::showLarger);
}

void PictureThumb::setPreview(const QImage& preview) {
    if (preview.isNull())
        return;
    const auto pixmap = thumbnailOf(preview, kMost, devicePixelRatioF());
    const auto size = (QSizeF(pixmap.size()) / pixmap.devicePixelRatio()).toSize();
    setIcon(pixmap);
    setIconSize(size);
    setFixedSize(size.expandedTo(kLeast) + QSize(2 * kFrame, 2 * kFrame));
}

void PictureThumb::showLarger() {
    auto* dialog = new PictureDialog(row_, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

}  // namespace ui
