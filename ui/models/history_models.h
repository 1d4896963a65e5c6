#pragma once

#include <QAbstractTableModel>

#include "engine/compare/comparison_history.h"

namespace ui {

/// Stored comparisons, newest first.
class ComparisonListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { timeColumn, promptColumn, lanesColumn, orderColumn, voteColumn, columnCount_ };

    using QAbstractTableModel::QAbstractTableModel;
    void setEntries(std::vector<engine::ComparisonEntry> entries);
    qint64 runAt(int row) const { return entries_[static_cast<std::size_t>(row)].runId; }
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<engine::ComparisonEntry> entries_;
};

/// How variants fared in all votes.
class StandingsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        variantColumn,
        votesColumn,
        winsColumn,
        lossesColumn,
        tiesColumn,
        badColumn,
        rateColumn,
        chanceColumn,
        columnCount_
    };

    using QAbstractTableModel::QAbstractTableModel;
    void setStandings(std::vector<engine::Standing> standings);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<engine::Standing> standings_;
};

}  // namespace ui
