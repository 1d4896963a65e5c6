#pragma once

#include <QObject>
#include <QThreadPool>

#include "engine/base/result.h"
#include "engine/vision/image_resize.h"
#include "ui/models/picture.h"

namespace ui {

/// Reads and decodes pictures on a thread of its own, one after the other, so that none stalls the window.
/// Each call returns a number that its answer carries. Belongs to the window's thread; what is asked for and
/// not begun when it is destroyed is given up.
class PictureReader : public QObject {
    Q_OBJECT

public:
    explicit PictureReader(QObject* parent = nullptr);
    ~PictureReader() override;

    /// A file that was chosen or dropped.
    quint64 readFile(const QString& path);
    /// Pixels of the clipboard; they are kept as PNG.
    quint64 readImage(const QImage& image, const QString& name);
    /// A picture of the database, scaled down to fit into `within`.
    quint64 view(const engine::PictureRow& row, const QSize& within);
    /// Forgets what has not begun.
    void forgetWaiting() { pool_.clear(); }

signals:
    void read(quint64 id, ui::Picture picture);
    void failed(quint64 id, QString message);

private:
    quint64 start(std::function<engine::Result<Picture>()> work);

    QThreadPool pool_;
    quint64 lastId_ = 0;
};

/// Every picture decoded, in order. Errors: as decodePicture, with the picture's name.
engine::Result<std::vector<std::shared_ptr<const engine::RgbImage>>> decodedPictures(
    const std::vector<engine::PictureRow>& pictures);

}  // namespace ui
