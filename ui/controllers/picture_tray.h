#pragma once

#include <QObject>
#include <QVector>
#include <optional>

#include "ui/workers/picture_reader.h"

namespace ui {

/// The pictures of a message that is being written, without widgets: files, dropped ones and what the
/// clipboard holds, each read off the window's thread.
class PictureTray : public QObject {
    Q_OBJECT

public:
    static constexpr int kMostPictures = 8;

    struct Item {
        quint64 id = 0;  ///< of the reading; 0 for a picture that was there before
        QString name;
        std::optional<Picture> picture;  ///< absent while it is read
    };

    explicit PictureTray(QObject* parent = nullptr);

    const QVector<Item>& items() const { return items_; }
    bool isEmpty() const { return items_.isEmpty(); }
    bool isReading() const;
    /// Those that have been read.
    QVector<Picture> pictures() const;
    std::vector<engine::PictureRow> rows() const;

    void addFiles(const QStringList& files);
    void addImage(const QImage& image);
    void remove(int at);
    /// In place of what is there; pictures without a preview get one.
    void setPictures(const QVector<Picture>& pictures);
    void setRows(const std::vector<engine::PictureRow>& rows);
    void clear() { setPictures({}); }

signals:
    void changed();
    /// One picture could not be taken; the others stay.
    void refused(QString message);

private:
    void onRead(quint64 id, const Picture& picture);
    void onFailed(quint64 id, const QString& message);
    /// Whether one more has a place; says so where it has none.
    bool hasPlace();
    int find(quint64 id) const;

    PictureReader reader_;
    QVector<Item> items_;
};

}  // namespace ui
