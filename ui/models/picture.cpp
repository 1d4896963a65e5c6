#include "ui/models/picture.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QImageReader>
#include <QLocale>

namespace ui {
namespace {

constexpr int kPreview = 96;         // pixels, twice what is shown
constexpr int kMostMegabytes = 256;  // decoded; a small file may claim to be huge

QString tr(const char* source) {
    return QCoreApplication::translate("ui", source);
}

}  // namespace

Picture readPicture(const QString& file, QString* problem) {
    QImageReader::setAllocationLimit(kMostMegabytes);
    QImageReader reader(file);
    reader.setAutoTransform(true);
    const QFileInfo info(file);
    Picture picture{info.fileName(), reader.size(), info.size(), {}};
    if (picture.size.isValid())
        reader.setScaledSize(picture.size.scaled(kPreview, kPreview, Qt::KeepAspectRatio).expandedTo({1, 1}));
    picture.preview = reader.read();
    if (picture.preview.isNull() && problem != nullptr)
        *problem = tr("%1 is no picture that can be read (%2); choose a PNG or JPEG file")
                       .arg(picture.name, reader.errorString());
    return picture;
}

Picture pictureOf(const QImage& image) {
    return {tr("pasted picture"), image.size(), 0,
            image.isNull() ? image
                           : image.scaled(kPreview, kPreview, Qt::KeepAspectRatio, Qt::SmoothTransformation)};
}

bool isPictureFile(const QString& file) {
    return QImageReader::supportedImageFormats().contains(QFileInfo(file).suffix().toLower().toLatin1());
}

QString pictureFacts(const Picture& picture) {
    QString facts =
        tr("%1, %2 × %3 pixels").arg(picture.name).arg(picture.size.width()).arg(picture.size.height());
    if (picture.bytes > 0)
        facts += QStringLiteral(", ") + QLocale::c().formattedDataSize(picture.bytes, 0);
    return facts;
}

QString pictureNote(const Picture& picture) {
    return tr("[A picture that you cannot see: %1]").arg(pictureFacts(picture));
}

}  // namespace ui
