#pragma once

#include <QSortFilterProxyModel>
#include <QWidget>

#include "ui/controllers/models_controller.h"
#include "ui/models/tensor_table_model.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace ui {

class ElidedLabel;
class HistogramView;

/// The tensors of a model as a table that sorts and filters, and how the values of the chosen one are spread.
class TensorPanel : public QWidget {
    Q_OBJECT

public:
    explicit TensorPanel(ModelsController& controller, QWidget* parent = nullptr);
    void setModel(const QString& path, const std::vector<engine::TensorFacts>& tensors);
    void choose(const QString& tensor);
    void focusFilter();
    QAbstractItemModel* tensors() { return &proxy_; }

private:
    QWidget* buildTable();
    QWidget* buildSpread();
    void showCurrent();
    void showHistogram(const engine::TensorHistogram& histogram);
    void updateCount();

    ModelsController& controller_;
    TensorTableModel model_;
    QSortFilterProxyModel proxy_;
    QString path_;
    QLineEdit* filter_ = nullptr;
    QLabel* count_ = nullptr;
    QTableView* view_ = nullptr;
    ElidedLabel* tensor_ = nullptr;
    QPushButton* stored_ = nullptr;
    QPushButton* dequantized_ = nullptr;
    HistogramView* histogram_ = nullptr;
    QLabel* facts_ = nullptr;
};

}  // namespace ui
