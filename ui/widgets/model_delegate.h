#pragma once

#include <QStyledItemDelegate>

namespace ui {

/// A cell of the model list: what counts above, what explains it quietly below.
class ModelDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

}  // namespace ui
