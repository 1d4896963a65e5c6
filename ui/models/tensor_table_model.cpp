#include "ui/models/tensor_table_model.h"

#include <QRegularExpression>

#include "engine/report/metric_catalog.h"
#include "ui/models/model_texts.h"

namespace ui {
namespace {

constexpr int kDigits = 5;

/// "layers.2.x" before "layers.10.x".
QString sortableName(const QString& name) {
    static const QRegularExpression number(QStringLiteral("\\d+"));
    QString sortable;
    qsizetype done = 0;
    for (auto matches = number.globalMatch(name); matches.hasNext();) {
        const auto match = matches.next();
        sortable += name.mid(done, match.capturedStart() - done) +
                    match.captured().rightJustified(kDigits, QLatin1Char('0'));
        done = match.capturedEnd();
    }
    return sortable + name.mid(done);
}

bool isNumber(int column) {
    return column == TensorTableModel::bytesColumn || column == TensorTableModel::bitsColumn ||
           column == TensorTableModel::packedColumn;
}

}  // namespace

int TensorTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(tensors_.size());
}

int TensorTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCount_;
}

QVariant TensorTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const auto& tensor = tensors_[static_cast<std::size_t>(index.row())];
    const QString name = QString::fromStdString(tensor.name);
    const QString scheme = QString::fromStdString(tensor.scheme);
    if (role == searchRole)
        return QStringLiteral("%1 %2 %3").arg(name, shapeText(tensor.shape), scheme);
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) |
                                Qt::AlignVCenter);
    const bool sorting = role == sortRole;
    if (role != Qt::DisplayRole && !sorting)
        return {};
    switch (index.column()) {
        case nameColumn:
            return sorting ? sortableName(name) : name;
        case shapeColumn:
            return sorting ? QVariant(qlonglong{tensor.elements()}) : shapeText(tensor.shape);
        case schemeColumn:
            return scheme;
        case bytesColumn:
            return sorting ? QVariant(qlonglong{tensor.bytes}) : bytesText(tensor.bytes);
        case bitsColumn:
            return sorting ? QVariant(tensor.bitsPerWeight)
                           : QString::fromStdString(engine::formatNumber(tensor.bitsPerWeight));
        default:
            return sorting ? QVariant(qlonglong{tensor.packedBytes}) : bytesText(tensor.packedBytes);
    }
}

QVariant TensorTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount_)
        return {};
    const QString names[columnCount_] = {tr("Tensor"), tr("Shape"),       tr("Scheme"),
                                         tr("Bytes"),  tr("Bits/weight"), tr("In memory")};
    const QString tips[columnCount_] = {{},
                                        {},
                                        tr("As the file stores it"),
                                        tr("In the file, without scales"),
                                        tr("In the file, with the scales that belong to the tensor"),
                                        tr("Packed for the kernels that this machine uses")};
    if (role == Qt::ToolTipRole)
        return tips[section];
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return role == Qt::DisplayRole ? names[section] : QVariant();
}

void TensorTableModel::setTensors(std::vector<engine::TensorFacts> tensors) {
    beginResetModel();
    tensors_ = std::move(tensors);
    endResetModel();
}

}  // namespace ui
