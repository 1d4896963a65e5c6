#include "ui/models/sample_table_model.h"

#include "engine/report/metric_catalog.h"

namespace ui {

SampleTableModel::SampleTableModel(std::vector<engine::SampleRow> samples, QObject* parent)
    : QAbstractTableModel(parent), samples_(std::move(samples)) {}

int SampleTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(samples_.size());
}
int SampleTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

QVariant SampleTableModel::cell(const engine::SampleRow& sample, int column) const {
    switch (column) {
        case repetitionColumn:
            return sample.repetition < 0 ? QVariant(tr("warm-up")) : QVariant(sample.repetition + 1);
        case testColumn:
            return tr("%1, prompt %2, generate %3, depth %4")
                .arg(QString::fromStdString(sample.test))
                .arg(sample.prompt)
                .arg(sample.generate)
                .arg(sample.depth);
        case metricColumn: {
            const auto label = engine::metricInfo(sample.metric).label;
            return QString::fromUtf8(label.data(), static_cast<qsizetype>(label.size()));
        }
        case valueColumn:
            return sample.value;
        case unitColumn:
            return QString::fromStdString(sample.unit);
        case timeColumn:
            return QString::fromStdString(sample.measuredAt);
        default:
            return {};
    }
}

QVariant SampleTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((index.column() == valueColumn ? Qt::AlignRight : Qt::AlignLeft) |
                                   Qt::AlignVCenter);
    const auto value = cell(samples_[static_cast<std::size_t>(index.row())], index.column());
    if (role == Qt::EditRole)
        return value;
    if (role != Qt::DisplayRole)
        return {};
    return index.column() == valueColumn ? QString::number(value.toDouble(), 'g', 9) : value.toString();
}

QVariant SampleTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section >= columnCount_)
        return {};
    const QString titles[] = {tr("Repetition"), tr("Test"), tr("Metric"),
                              tr("Value"),      tr("Unit"), tr("Measured at (UTC)")};
    return titles[section];
}

QString SampleTableModel::asText() const {
    QString text;
    for (int column = 0; column < columnCount_; ++column)
        text += headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() +
                QLatin1Char(column + 1 < columnCount_ ? '\t' : '\n');
    for (const auto& sample : samples_)
        for (int column = 0; column < columnCount_; ++column)
            text += cell(sample, column).toString() + QLatin1Char(column + 1 < columnCount_ ? '\t' : '\n');
    return text;
}

}  // namespace ui
