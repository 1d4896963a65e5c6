#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "engine/benchmark/benchmark_cell.h"

namespace ui {

/// One row per lane and test of a benchmark, filled as they are measured.
class BenchmarkTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        laneColumn,
        testColumn,
        medianColumn,
        intervalColumn,
        countColumn,
        energyColumn,
        memoryColumn,
        warningsColumn,
        columnCount_
    };
    enum Role { laneRole = Qt::UserRole + 1, warningRole };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void clear();
    /// Replaces the row of the cell's lane and test, or adds it behind the lane's others.
    void setCell(const engine::BenchmarkCell& cell);
    const engine::BenchmarkCell& cell(int row) const { return cells_[static_cast<std::size_t>(row)]; }

private:
    QString text(const engine::BenchmarkCell& cell, int column) const;

    std::vector<engine::BenchmarkCell> cells_;
};

}  // namespace ui
