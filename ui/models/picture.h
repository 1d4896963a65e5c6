#pragma once

#include <QImage>
#include <QString>

namespace ui {

/// A picture that a person attached: a small view of it and what is known of it.
struct Picture {
    QString name;
    QSize size;        ///< pixels
    qint64 bytes = 0;  ///< of the file; 0 when it came from the clipboard
    QImage preview;
};

/// Reads a picture file; an empty preview where it is none, with the reason in `problem`.
Picture readPicture(const QString& file, QString* problem);
Picture pictureOf(const QImage& image);
bool isPictureFile(const QString& file);
/// "chart.png, 512 × 384 pixels, 23 KiB".
QString pictureFacts(const Picture& picture);
/// What a model that cannot see is told.
QString pictureNote(const Picture& picture);

}  // namespace ui
