#include "ui/pictures/picture_file.h"

#include <QBuffer>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QPainter>
#include <QtEndian>

#include "engine/vision/image_transform.h"

namespace ui {
namespace {

using engine::Error;
using engine::ErrorCode;

constexpr int kMostMegabytes = 512;  // of kMostImagePixels at 64 bit a pixel

std::string sizeText(const QSize& size) {
    return std::to_string(size.width()) + " x " + std::to_string(size.height()) + " pixels";
}

bool tooLarge(const QSize& size) {
    return qint64{size.width()} * size.height() > engine::kMostImagePixels;
}

Error tooLargeError(const QSize& size) {
    return {ErrorCode::invalidInput, "the picture says it has " + sizeText(size) + "; at most " +
                                         std::to_string(engine::kMostImagePixels >> 20) +
                                         " million are read, scale it down"};
}

/// Those whose decoders read pixels and nothing else (SVG may name other files).
bool isKnown(const QByteArray& format) {
    return format == "jpeg" || pictureEndings().contains(QString::fromLatin1(format));
}

/// A JPEG that was cut off decodes to a picture that ends in grey. Its end marker must follow where the first
/// scan starts; before that, thumbnails of the camera's have one of their own (ITU-T T.81, B.1.1).
bool isCutOffJpeg(const std::string& bytes) {
    constexpr auto kStartOfScan = '\xda';
    std::size_t at = 2;  // behind the start of the image
    while (at + 4 <= bytes.size() && bytes[at] == '\xff' && bytes[at + 1] != kStartOfScan)
        at += 2 + 256 * static_cast<std::uint8_t>(bytes[at + 2]) + static_cast<std::uint8_t>(bytes[at + 3]);
    return at < bytes.size() && bytes[at] == '\xff' && bytes.find("\xff\xd9", at) == std::string::npos;
}

/// A bitmap that is shorter than its header says: the rows that are missing would be black.
bool isCutOffBitmap(const std::string& bytes) {
    return bytes.size() < 6 || bytes.size() < qFromLittleEndian<quint32>(bytes.data() + 2);
}

bool isCutOff(const std::string& bytes, const QByteArray& format) {
    return (format == "jpeg" && isCutOffJpeg(bytes)) || (format == "bmp" && isCutOffBitmap(bytes));
}

}  // namespace

engine::Result<engine::RgbImage> rgbOf(const QImage& picture) {
    if (picture.isNull() || picture.width() < 1 || picture.height() < 1)
        return Error{ErrorCode::invalidInput, "the picture is empty"};
    if (tooLarge(picture.size()))
        return tooLargeError(picture.size());
    QImage opaque = picture;
    if (picture.hasAlphaChannel()) {
        opaque = QImage(picture.size(), QImage::Format_RGB888);
        opaque.fill(Qt::white);
        QPainter painter(&opaque);
        painter.drawImage(0, 0, picture);
    }
    const auto rgb = opaque.convertToFormat(QImage::Format_RGB888);
    if (rgb.isNull())
        return Error{ErrorCode::outOfMemory, "no memory for a picture of " + sizeText(picture.size())};
    engine::RgbImage image{rgb.width(), rgb.height(), {}};
    const auto rowBytes = 3 * qsizetype{rgb.width()};
    image.pixels.reserve(static_cast<std::size_t>(rowBytes * rgb.height()));
    for (int y = 0; y < rgb.height(); ++y)
        image.pixels.insert(image.pixels.end(), rgb.constScanLine(y), rgb.constScanLine(y) + rowBytes);
    return image;
}

const QStringList& pictureEndings() {
    static const QStringList endings{"png", "jpg", "jpeg", "webp", "gif", "bmp",
                                     "pbm", "pgm", "ppm",  "tiff", "tif"};
    return endings;
}

engine::Result<std::string> readPictureBytes(const QString& path) {
    const auto name = path.toStdString();
    if (!QFileInfo(path).isFile())
        return Error{ErrorCode::notFound, "there is no picture " + name};
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{ErrorCode::io, name + " cannot be read: " + file.errorString().toStdString()};
    if (file.size() > kMostPictureBytes)
        return Error{ErrorCode::invalidInput, name + " has " + std::to_string(file.size() >> 20) +
                                                  " MiB; at most " + std::to_string(kMostPictureBytes >> 20) +
                                                  " are read, save the picture smaller"};
    return file.readAll().toStdString();
}

engine::Result<QImage> decodePicture(const std::string& bytes, const QSize& within) {
    auto view = QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size()));
    QBuffer buffer(&view);
    buffer.open(QIODevice::ReadOnly);
    QImageReader::setAllocationLimit(kMostMegabytes);
    QImageReader reader(&buffer);
    reader.setDecideFormatFromContent(true);
    reader.setAutoTransform(true);
    if (!reader.canRead() || !isKnown(reader.format()))
        return Error{ErrorCode::invalidInput,
                     "this is no picture that can be read; choose a PNG, JPEG, WebP or GIF file"};
    if (const auto size = reader.size(); size.isValid() && tooLarge(size))
        return tooLargeError(size);
    if (isCutOff(bytes, reader.format()))
        return Error{ErrorCode::invalidInput, "the picture is damaged: its end is missing; save it again"};
    auto picture = reader.read();
    if (picture.isNull())
        return Error{ErrorCode::invalidInput, "the picture is damaged or too large (" +
                                                  reader.errorString().toStdString() + "); save it again"};
    if (tooLarge(picture.size()))
        return tooLargeError(picture.size());
    if (!within.isEmpty() && (picture.width() > within.width() || picture.height() > within.height()))
        picture = picture.scaled(
            within.boundedTo(picture.size().scaled(within, Qt::KeepAspectRatio)).expandedTo({1, 1}),
            Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    return picture;
}

engine::Result<engine::RgbImage> readPictureFile(const QString& path) {
    const auto bytes = readPictureBytes(path);
    if (!bytes)
        return bytes.error();
    const auto name = path.toStdString();
    const auto picture = decodePicture(*bytes);
    if (!picture)
        return picture.error().in(name);
    auto image = rgbOf(*picture);
    return image ? image : image.error().in(name);
}

}  // namespace ui
