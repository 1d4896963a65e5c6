#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <vector>

#include "ui/models/lane_model.h"

namespace ui {

/// Every figure of every lane: a row per metric, a column per lane, the first one the reference. Follows a
/// LaneModel.
class LaneTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit LaneTableModel(LaneModel& lanes, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Differences in speed and energy are not told for lanes that ran at once.
    void setUnfair(bool unfair);

private:
    QString words(const char* metric, int lane) const;

    LaneModel& lanes_;
    bool unfair_ = false;
};

}  // namespace ui
