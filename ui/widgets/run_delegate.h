#pragma once

#include <QStyledItemDelegate>

namespace ui {

/// Paints the run table: a line under each row, the variant's dot, numbers semibold, words coloured by their
/// verdict.
class RunDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

protected:
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;

private:
    QColor textColor(const QModelIndex& index) const;
    void paintCheck(QPainter* painter, const QRect& box, bool checked) const;
};

}  // namespace ui
