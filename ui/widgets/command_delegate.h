#pragma once

#include <QStyledItemDelegate>

namespace ui {

/// A command's line: its words, then quietly its kind and its keys.
class CommandDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    enum Role { groupRole = Qt::UserRole + 1, keysRole };

    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace ui
