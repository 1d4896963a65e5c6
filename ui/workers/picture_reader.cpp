#include "ui/workers/picture_reader.h"

#include <QBuffer>
#include <QFileInfo>
#include <utility>

#include "ui/pictures/picture_file.h"

namespace ui {
namespace {

QSize previewSize() {
    return {kPreview, kPreview};
}

QImage scaledTo(const QImage& image, const QSize& within) {
    return image.width() > within.width() || image.height() > within.height()
               ? image.scaled(within, Qt::KeepAspectRatio, Qt::SmoothTransformation)
               : image;
}

engine::Result<Picture> fileRead(const QString& path) {
    const QString name = QFileInfo(path).fileName();
    auto bytes = readPictureBytes(path);
    if (!bytes)
        return bytes.error();
    const auto image = decodePicture(*bytes);
    if (!image)
        return image.error().in(name.toStdString());
    return Picture{engine::pictureRow(name.toStdString(), std::move(*bytes), image->width(), image->height()),
                   scaledTo(*image, previewSize())};
}

engine::Result<Picture> imageRead(const QImage& image, const QString& name) {
    if (auto usable = rgbOf(image); !usable)  // empty, or larger than is read again
        return usable.error().in(name.toStdString());
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, "PNG") || bytes.size() > kMostPictureBytes)
        return engine::Error{engine::ErrorCode::invalidInput,
                             name.toStdString() + " is too large to be kept; paste a smaller one"};
    return Picture{engine::pictureRow(name.toStdString(), bytes.toStdString(), image.width(), image.height()),
                   scaledTo(image, previewSize())};
}

engine::Result<Picture> viewed(engine::PictureRow row, const QSize& within) {
    auto image = decodePicture(*row.content, within);
    if (!image)
        return image.error().in(row.name);
    return Picture{std::move(row), std::move(*image)};
}

}  // namespace

PictureReader::PictureReader(QObject* parent) : QObject(parent) {
    pool_.setMaxThreadCount(1);
}

PictureReader::~PictureReader() {
    pool_.clear();
    pool_.waitForDone();
}

quint64 PictureReader::start(std::function<engine::Result<Picture>()> work) {
    const quint64 id = ++lastId_;
    pool_.start([this, id, work = std::move(work)] {
        const auto picture = work();
        QMetaObject::invokeMethod(
            this,
            [this, id, picture] {
                if (picture)
                    emit read(id, *picture);
                else
                    emit failed(id, QString::fromStdString(picture.error().message));
            },
            Qt::QueuedConnection);
    });
    return id;
}

quint64 PictureReader::readFile(const QString& path) {
    return start([path] { return fileRead(path); });
}

quint64 PictureReader::readImage(const QImage& image, const QString& name) {
    return start([image, name] { return imageRead(image, name); });
}

quint64 PictureReader::view(const engine::PictureRow& row, const QSize& within) {
    return start([row, within] { return viewed(row, within); });
}

engine::Result<std::vector<std::shared_ptr<const engine::RgbImage>>> decodedPictures(
    const std::vector<engine::PictureRow>& pictures) {
    std::vector<std::shared_ptr<const engine::RgbImage>> images;
    for (const auto& picture : pictures) {
        const auto decoded = decodePicture(*picture.content);
        if (!decoded)
            return decoded.error().in(picture.name);
        auto image = rgbOf(*decoded);
        if (!image)
            return image.error().in(picture.name);
        images.push_back(std::make_shared<const engine::RgbImage>(std::move(*image)));
    }
    return images;
}

}  // namespace ui
