#pragma once

#include <QColor>
#include <QRect>

class QModelIndex;
class QPainter;
class QStyleOptionViewItem;
class QTableView;

namespace ui {

/// Makes the view a quiet list of rows: no grid, one row selected as a whole, rows of that height in pixels.
void setRowLook(QTableView* view, int rowHeight);

/// The frame of one cell that a delegate paints: selection and line under it, then what the delegate adds,
/// then the focus ring as it goes out of scope. Keeps the painter's state.
class CellFrame {
public:
    CellFrame(QPainter* painter, const QStyleOptionViewItem& option);
    ~CellFrame();
    CellFrame(const CellFrame&) = delete;
    CellFrame& operator=(const CellFrame&) = delete;

    /// A square of colour before the text.
    void addDot(const QColor& color);
    /// The cell's text, elided, aligned as the model says.
    void addText(const QModelIndex& index, const QString& text, const QColor& color, bool strong);

private:
    QPainter* painter_;
    const QStyleOptionViewItem& option_;
    QRect text_;
};

}  // namespace ui
