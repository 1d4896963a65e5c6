#include "ui/models/picture.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

#include "engine/vision/image_transform.h"
#include "ui/pictures/picture_file.h"

namespace ui {
namespace {

QString tr(const char* source, const char* comment = nullptr, int count = -1) {
    return QCoreApplication::translate("ui", source, comment, count);
}

QString bytesOf(const engine::PictureRow& picture) {
    return QLocale::c().formattedDataSize(picture.bytes(), picture.bytes() < (1 << 20) ? 0 : 1);
}

}  // namespace

bool isPictureFile(const QString& file) {
    return pictureEndings().contains(QFileInfo(file).suffix().toLower());
}

QString pictureFilter() {
    QStringList patterns;
    for (const auto& ending : pictureEndings())
        patterns << QStringLiteral("*.%1").arg(ending);
    return tr("Pictures (%1)").arg(patterns.join(QLatin1Char(' ')));
}

QString pictureSize(const engine::PictureRow& picture) {
    return QStringLiteral("%1 × %2 px · %3").arg(picture.width).arg(picture.height).arg(bytesOf(picture));
}

QString pictureFacts(const engine::PictureRow& picture) {
    return tr("%1, %2 × %3 pixels")
               .arg(QString::fromStdString(picture.name))
               .arg(picture.width)
               .arg(picture.height) +
           QStringLiteral(", ") + bytesOf(picture);
}

QString pictureNote(const engine::PictureRow& picture) {
    return tr("[A picture that you cannot see: %1]").arg(pictureFacts(picture));
}

PictureCost costOf(const engine::PictureRow& picture, const engine::VisionConfig& vision) {
    const auto fit = engine::fitCanvas(picture.width, picture.height, vision.tileSize, vision.maxTiles);
    const auto tiles = (fit.canvasWidth / vision.tileSize) * (fit.canvasHeight / vision.tileSize);
    return {tiles, vision.imageTokens(tiles)};
}

QString costText(const PictureCost& cost) {
    return tr("%n tile(s)", nullptr, static_cast<int>(cost.tiles)) + QStringLiteral(", ") +
           tr("%1 tokens").arg(QLocale().toString(qlonglong{cost.tokens}));
}

}  // namespace ui
