#pragma once

#include <QAbstractTableModel>
#include <QSet>
#include <vector>

#include "engine/report/difference.h"
#include "engine/report/report.h"

namespace ui {

/// One row per lane of every run, newest run first; checked lanes are plotted.
class RunTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        runColumn,
        variantColumn,
        kernelsColumn,
        ttftColumn,
        decodeColumn,
        intervalColumn,
        referenceColumn,
        memoryColumn,
        energyColumn,
        notesColumn,
        columnCount_
    };
    enum Role { runIdRole = Qt::UserRole + 1, variantRole, searchRole, warningRole, sortRole, toneRole };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    /// Adds runs or replaces those that are there. The newest run's lanes are checked when nothing was chosen
    /// by hand.
    void merge(std::vector<engine::RunReport> runs);
    void removeRun(qint64 id);

    const engine::RunReport& run(int row) const;
    const engine::LaneReport& lane(int row) const;
    int runCount() const { return static_cast<int>(runs_.size()); }
    QVector<qint64> completeRuns() const;
    std::vector<const engine::LaneReport*> checkedLanes() const;
    QVector<qint64> checkedRuns() const;

signals:
    void checksChanged();

private:
    struct Place {
        std::size_t run = 0;
        std::size_t lane = 0;
        engine::Difference difference;  // of decode speed; a bootstrap, so not computed while painting
    };
    const engine::Difference& difference(int row) const {
        return rows_[static_cast<std::size_t>(row)].difference;
    }
    void rebuild();
    QVariant text(int row, int column) const;
    QVariant tip(int row, int column) const;
    QString noteOf(const engine::RunReport& run, const engine::LaneReport& lane) const;

    std::vector<engine::RunReport> runs_;
    std::vector<Place> rows_;
    QSet<qint64> checked_;  // lane ids
    bool checkedByHand_ = false;
};

/// The first summary of a metric, in the order in which tests ran; null when it was not measured.
const engine::MetricSummary* findMetric(const engine::LaneReport& lane, std::string_view metric);
/// The most demanding kernel variant of a stored plan is long; this is what was asked for and what matmul
/// became.
QString kernelText(const engine::LaneRow& lane);

}  // namespace ui
