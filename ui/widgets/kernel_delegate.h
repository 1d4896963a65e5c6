#pragma once

#include <QStyledItemDelegate>

namespace ui {

/// Paints the kernel table: a line under each row, the colour of the arithmetic before the op; variants that
/// are not in use are quiet.
class KernelDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

}  // namespace ui
