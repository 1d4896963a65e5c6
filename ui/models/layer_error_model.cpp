#include "ui/models/layer_error_model.h"

#include <QBrush>
#include <QRegularExpression>
#include <algorithm>

#include "ui/models/model_texts.h"
#include "ui/theme.h"

namespace ui {

void LayerErrorModel::setLayers(const std::vector<engine::LayerError>& layers) {
    static const QRegularExpression inBlock(QStringLiteral("^layers\\.(\\d{1,4})\\.(.+)$"));
    beginResetModel();
    kinds_.clear();
    cells_.clear();
    layerCount_ = 0;
    largest_ = 0.0;
    ofOutputs_ =
        std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.outputError > 0; });
    for (const auto& layer : layers) {
        const auto match = inBlock.match(QString::fromStdString(layer.name));
        if (!match.hasMatch())
            continue;  // embedding and head: the table of tensors has them
        const QString kind = match.captured(2);
        if (!kinds_.contains(kind))
            kinds_ << kind;
        const int column = match.captured(1).toInt();
        layerCount_ = std::max(layerCount_, column + 1);
        largest_ = std::max(largest_, errorOf(layer));
        cells_[{static_cast<int>(kinds_.indexOf(kind)), column}] = layer;
    }
    endResetModel();
}

int LayerErrorModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(kinds_.size());
}

int LayerErrorModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : layerCount_;
}

const engine::LayerError* LayerErrorModel::at(const QModelIndex& index) const {
    const auto found = cells_.find({index.row(), index.column()});
    return found == cells_.end() ? nullptr : &found->second;
}

QVariant LayerErrorModel::data(const QModelIndex& index, int role) const {
    const auto* layer = index.isValid() ? at(index) : nullptr;
    if (layer == nullptr)
        return {};
    const double percent = 100.0 * errorOf(*layer);
    switch (role) {
        case Qt::DisplayRole:
            return QString::number(percent, 'f', percent < 9.95 ? 1 : 0);
        case Qt::TextAlignmentRole:
            return static_cast<int>(Qt::AlignCenter);
        case Qt::BackgroundRole: {
            QColor color = Theme::instance().tokens().accent;
            color.setAlphaF(largest_ > 0 ? static_cast<float>(0.85 * errorOf(*layer) / largest_) : 0.0F);
            return QBrush(color);
        }
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return tr("%1, %2: weights %3 %, outputs %4 %")
                .arg(QString::fromStdString(layer->name), schemeText(layer->scheme))
                .arg(100.0 * layer->relError, 0, 'f', 2)
                .arg(100.0 * layer->outputError, 0, 'f', 2);
        default:
            return {};
    }
}

QVariant LayerErrorModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(orientation == Qt::Horizontal ? Qt::AlignCenter
                                                              : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return orientation == Qt::Horizontal ? QString::number(section)
                                         : kinds_.value(section).section(QLatin1Char('.'), -1);
}

}  // namespace ui
