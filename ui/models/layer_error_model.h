#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <map>
#include <vector>

#include "engine/quantize/part_store.h"

namespace ui {

/// What every linear of a variant lost, in percent: a row per kind of linear, a column per layer, coloured
/// from nothing to the largest.
class LayerErrorModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;
    void setLayers(const std::vector<engine::LayerError>& layers);
    /// Errors are of the outputs on the calibration text; else of the weights.
    bool ofOutputs() const { return ofOutputs_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    double errorOf(const engine::LayerError& layer) const {
        return ofOutputs_ ? layer.outputError : layer.relError;
    }
    const engine::LayerError* at(const QModelIndex& index) const;

    QStringList kinds_;  // rows
    int layerCount_ = 0;
    std::map<std::pair<int, int>, engine::LayerError> cells_;  // by row and column
    bool ofOutputs_ = false;
    double largest_ = 0.0;
};

}  // namespace ui
