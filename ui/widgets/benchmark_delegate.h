#pragma once

#include <QStyledItemDelegate>

namespace ui {

/// Rows of the benchmark's table: the lane's colour as a dot, the median strong, warnings in their colour.
class BenchmarkDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

}  // namespace ui
