#include "ui/models/kernel_table_model.h"

#include <algorithm>

#include "engine/report/metric_catalog.h"

namespace ui {
namespace {

QString number(double value) {
    return QString::fromStdString(engine::formatNumber(value));
}

}  // namespace

QString shareText(const engine::KernelTiming& timing) {
    const QString percent = QString::number(timing.percentOfPeak, 'f', timing.percentOfPeak < 9.95 ? 1 : 0);
    return timing.boundByMemory()
               ? KernelTableModel::tr("%1 % of memory").arg(percent)
               : KernelTableModel::tr("%1 % of %2 peak").arg(percent, arithmeticName(timing.arithmetic));
}

QString arithmeticName(const std::string& arithmetic) {
    const QString name = QString::fromStdString(arithmetic);
    return arithmetic == "int8" ? name : name.toUpper();
}

QString kernelTip(const engine::KernelTiming& timing) {
    QString tip = KernelTableModel::tr("%1 · %2\n%3\n%4 Gop/s · %5 GB/s · %6 operations per byte\n%7")
                      .arg(QString::fromStdString(timing.op), QString::fromStdString(timing.variant),
                           QString::fromStdString(timing.shape), number(timing.gops), number(timing.gbps),
                           number(timing.opsPerByte()), shareText(timing));
    if (!timing.percentOfMemory)
        tip += KernelTableModel::tr("\nThe data stay in the caches, memory does not limit them");
    return tip;
}

int KernelTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int KernelTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

void KernelTableModel::setBenchmark(const engine::KernelBenchmark& benchmark) {
    beginResetModel();
    rows_.clear();
    for (const auto& timing : benchmark.timings) {
        const bool known = !rows_.empty() && rows_.back().timing.op == timing.op &&
                           rows_.back().timing.shape == timing.shape;
        rows_.push_back({timing, rows_.empty() ? 1 : rows_.back().number + (known ? 0 : 1)});
    }
    std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
        return std::pair(a.number, !a.timing.inUse) < std::pair(b.number, !b.timing.inUse);
    });
    endResetModel();
}

QVariant KernelTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const auto& [timing, shapeNumber] = rows_[static_cast<std::size_t>(index.row())];
    if (role == inUseRole)
        return timing.inUse;
    if (role == arithmeticRole)
        return QString::fromStdString(timing.arithmetic);
    if (role == Qt::ToolTipRole)
        return kernelTip(timing);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((index.column() >= bandwidthColumn && index.column() <= intensityColumn
                                     ? Qt::AlignRight
                                     : Qt::AlignLeft) |
                                Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
        case numberColumn:
            return timing.inUse ? QString::number(shapeNumber) : QString();
        case opColumn:
            return QString::fromStdString(timing.op);
        case shapeColumn:
            return QString::fromStdString(timing.shape);
        case variantColumn:
            return QString::fromStdString(timing.variant);
        case bandwidthColumn:
            return number(timing.gbps);
        case rateColumn:
            return number(timing.gops);
        case intensityColumn:
            return number(timing.opsPerByte());
        default:
            return shareText(timing);
    }
}

QVariant KernelTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(
            (section >= bandwidthColumn && section <= intensityColumn ? Qt::AlignRight : Qt::AlignLeft) |
            Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString names[columnCount_] = {tr("No."),  tr("Op"),    tr("Shape"),    tr("Variant"),
                                         tr("GB/s"), tr("Gop/s"), tr("Ops/byte"), tr("Share of limit")};
    return section >= 0 && section < columnCount_ ? names[section] : QVariant();
}

QString KernelTableModel::text() const {
    QStringList lines;
    for (int row = -1; row < rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < columnCount_; ++column)
            cells << (row < 0 ? headerData(column, Qt::Horizontal, Qt::DisplayRole)
                              : data(index(row, column), Qt::DisplayRole))
                         .toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace ui
