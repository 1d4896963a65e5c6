#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "engine/catalog/model_survey.h"

namespace ui {

/// The tensors of one model.
class TensorTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        nameColumn,
        shapeColumn,
        schemeColumn,
        bytesColumn,
        bitsColumn,
        packedColumn,
        columnCount_
    };
    /// sortRole: numbers as numbers, layers in their order, shapes by elements.
    enum Role { sortRole = Qt::UserRole + 1, searchRole };

    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void setTensors(std::vector<engine::TensorFacts> tensors);
    const std::vector<engine::TensorFacts>& tensors() const { return tensors_; }

private:
    std::vector<engine::TensorFacts> tensors_;
};

}  // namespace ui
