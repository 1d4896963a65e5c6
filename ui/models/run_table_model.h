#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>
#include <QStringList>
#include <vector>

#include "engine/report/baseline.h"
#include "engine/report/plot_data.h"
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
    enum Role {
        runIdRole = Qt::UserRole + 1,
        variantRole,
        searchRole,
        warningRole,
        sortRole,
        toneRole,
        modelRole,
        kernelsRole,
        machineRole,
        tagsRole,    ///< QStringList
        startedRole  ///< QDateTime, UTC
    };

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
    /// Shows these alone.
    void replaceAll(std::vector<engine::RunReport> runs);

    const engine::RunReport& run(int row) const;
    const engine::LaneReport& lane(int row) const;
    int runCount() const { return static_cast<int>(runs_.size()); }
    QVector<qint64> completeRuns() const;
    std::vector<const engine::LaneReport*> checkedLanes() const;
    QVector<qint64> checkedRuns() const;
    std::vector<engine::LaneOfRun> checkedRows() const;
    /// The run that others are held against; null when none is pinned.
    const engine::RunReport* baseline() const;
    const engine::RunReport* findRun(qint64 id) const;
    /// Every text of a role among all rows, once, sorted: what a filter can offer.
    QStringList choicesOf(Role role) const;

signals:
    void checksChanged();

private:
    struct Place {
        std::size_t run = 0;
        std::size_t lane = 0;
        engine::BaselineReading reading;  // of decode speed; not computed while painting
    };
    const engine::BaselineReading& reading(int row) const {
        return rows_[static_cast<std::size_t>(row)].reading;
    }
    engine::BaselineReading againstOthers(const engine::RunReport& run, const engine::LaneReport& lane);
    void rebuild();
    QVariant text(int row, int column) const;
    QVariant tip(int row, int column) const;
    QString noteOf(const engine::RunReport& run, const engine::LaneReport& lane) const;

    std::vector<engine::RunReport> runs_;
    std::vector<Place> rows_;
    QHash<qint64, engine::Difference> inRun_;  // lane against its run's first; bootstraps, so kept
    QSet<qint64> checked_;                     // lane ids
    bool checkedByHand_ = false;
};

/// The first summary of a metric, in the order in which tests ran; null when it was not measured.
const engine::MetricSummary* findMetric(const engine::LaneReport& lane, std::string_view metric);
/// The most demanding kernel variant of a stored plan is long; this is what was asked for and what matmul
/// became.
QString kernelText(const engine::LaneRow& lane);

}  // namespace ui
