#include "ui/controllers/picture_tray.h"

#include <QFileInfo>
#include <algorithm>

namespace ui {

PictureTray::PictureTray(QObject* parent) : QObject(parent) {
    connect(&reader_, &PictureReader::read, this, &PictureTray::onRead);
    connect(&reader_, &PictureReader::failed, this, &PictureTray::onFailed);
}

bool PictureTray::isReading() const {
    return std::any_of(items_.begin(), items_.end(), [](const Item& item) { return !item.picture; });
}

QVector<Picture> PictureTray::pictures() const {
    QVector<Picture> pictures;
    for (const auto& item : items_)
        if (item.picture)
            pictures << *item.picture;
    return pictures;
}

std::vector<engine::PictureRow> PictureTray::rows() const {
    std::vector<engine::PictureRow> rows;
    for (const auto& item : items_)
        if (item.picture)
            rows.push_back(item.picture->row);
    return rows;
}

bool PictureTray::hasPlace() {
    if (items_.size() < kMostPictures)
        return true;
    emit refused(tr("A message takes %n picture(s) at most; remove one first.", nullptr, kMostPictures));
    return false;
}

void PictureTray::addFiles(const QStringList& files) {
    for (const auto& file : files) {
        if (!hasPlace())
            break;
        items_.push_back({reader_.readFile(file), QFileInfo(file).fileName(), std::nullopt});
    }
    emit changed();
}

void PictureTray::addImage(const QImage& image) {
    if (!hasPlace())
        return;
    const QString name = tr("pasted picture");
    items_.push_back({reader_.readImage(image, name), name, std::nullopt});
    emit changed();
}

void PictureTray::remove(int at) {
    if (at < 0 || at >= items_.size())
        return;
    items_.removeAt(at);
    emit changed();
}

void PictureTray::setPictures(const QVector<Picture>& pictures) {
    if (items_.isEmpty() && pictures.isEmpty())
        return;
    reader_.forgetWaiting();
    items_.clear();
    for (const auto& picture : pictures)
        items_.push_back({picture.preview.isNull() ? reader_.view(picture.row, {kPreview, kPreview}) : 0,
                          QString::fromStdString(picture.row.name), picture});
    emit changed();
}

void PictureTray::setRows(const std::vector<engine::PictureRow>& rows) {
    QVector<Picture> pictures;
    for (const auto& row : rows)
        pictures.push_back({row, {}});
    setPictures(pictures);
}

int PictureTray::find(quint64 id) const {
    const auto found =
        std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.id == id; });
    return found == items_.end() ? -1 : static_cast<int>(found - items_.begin());
}

void PictureTray::onRead(quint64 id, const Picture& picture) {
    if (const int at = find(id); at >= 0) {
        items_[at].picture = picture;
        items_[at].id = 0;
        emit changed();
    }
}

void PictureTray::onFailed(quint64 id, const QString& message) {
    const int at = find(id);
    if (at < 0)
        return;
    items_.removeAt(at);
    emit changed();
    emit refused(message);
}

}  // namespace ui
