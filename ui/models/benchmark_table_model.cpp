#include "ui/models/benchmark_table_model.h"

#include <algorithm>

#include "engine/report/metric_catalog.h"
#include "engine/report/run_cells.h"
#include "ui/models/plain_tip.h"

namespace ui {
namespace {

bool isNumber(int column) {
    return column == BenchmarkTableModel::medianColumn || column == BenchmarkTableModel::countColumn ||
           column == BenchmarkTableModel::energyColumn || column == BenchmarkTableModel::memoryColumn;
}

}  // namespace

int BenchmarkTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(cells_.size());
}

int BenchmarkTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

void BenchmarkTableModel::clear() {
    beginResetModel();
    cells_.clear();
    endResetModel();
}

void BenchmarkTableModel::setCell(const engine::BenchmarkCell& cell) {
    const auto at = std::find_if(cells_.begin(), cells_.end(), [&](const auto& known) {
        return known.lane == cell.lane && known.test == cell.test;
    });
    if (at != cells_.end()) {
        *at = cell;
        const int row = static_cast<int>(at - cells_.begin());
        emit dataChanged(index(row, 0), index(row, columnCount_ - 1));
        return;
    }
    const auto behind =
        std::find_if(cells_.begin(), cells_.end(), [&](const auto& known) { return known.lane > cell.lane; });
    const int row = static_cast<int>(behind - cells_.begin());
    beginInsertRows({}, row, row);
    cells_.insert(behind, cell);
    endInsertRows();
}

QString BenchmarkTableModel::text(const engine::BenchmarkCell& cell, int column) const {
    switch (column) {
        case laneColumn:
            return QString::fromStdString(cell.laneName);
        case testColumn:
            return QString::fromStdString(engine::testText(cell.test));
        case medianColumn:
            return QString::fromStdString(engine::cellValue(cell));
        case intervalColumn:
            return QString::fromStdString(engine::cellInterval(cell));
        case countColumn:
            return cell.speed ? QString::number(cell.speed->n) : QStringLiteral("–");
        case energyColumn:
            return QString::fromStdString(engine::cellEnergy(cell));
        case memoryColumn:
            return cell.peakRssBytes
                       ? QString::fromStdString(engine::formatMetric("peak_rss_bytes", *cell.peakRssBytes))
                       : QStringLiteral("–");
        default:
            return QString::fromStdString(engine::cellWarnings(cell));
    }
}

QVariant BenchmarkTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const auto& cell = cells_[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return text(cell, index.column());
        case Qt::ToolTipRole:
            if (index.column() == energyColumn)
                return plainTip(
                    QString::fromStdString(cell.joulesPerToken ? cell.energySource : cell.energyReason));
            return plainTip(text(cell, index.column()));
        case Qt::TextAlignmentRole:
            return static_cast<int>((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) |
                                    Qt::AlignVCenter);
        case laneRole:
            return static_cast<int>(cell.lane);
        case warningRole:
            return cell.status == "failed" || !cell.warnings.empty();
        default:
            return {};
    }
}

QVariant BenchmarkTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString names[columnCount_] = {tr("Lane"), tr("Test"),    tr("Median"), tr("95 % interval"),
                                         tr("n"),    tr("J/token"), tr("Memory"), tr("Warnings")};
    return section >= 0 && section < columnCount_ ? names[section] : QVariant();
}

}  // namespace ui
