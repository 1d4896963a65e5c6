#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "engine/report/report.h"

namespace ui {

/// The raw samples of a lane, as they were measured.
class SampleTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        repetitionColumn,
        testColumn,
        metricColumn,
        valueColumn,
        unitColumn,
        timeColumn,
        columnCount_
    };

    explicit SampleTableModel(std::vector<engine::SampleRow> samples, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Everything, tabs between columns, for a spreadsheet.
    QString asText() const;

private:
    QVariant cell(const engine::SampleRow& sample, int column) const;

    std::vector<engine::SampleRow> samples_;
};

}  // namespace ui
