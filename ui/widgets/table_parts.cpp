#include "ui/widgets/table_parts.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyleOptionViewItem>
#include <QTableView>

#include "ui/theme.h"

namespace ui {
namespace {

constexpr int kPadding = 6;  // as the header's
constexpr int kDotSize = 8;

}  // namespace

void setRowLook(QTableView* view, int rowHeight) {
    view->setShowGrid(false);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(rowHeight);
    view->horizontalHeader()->setHighlightSections(false);
}

CellFrame::CellFrame(QPainter* painter, const QStyleOptionViewItem& option)
    : painter_(painter), option_(option), text_(option.rect.adjusted(kPadding, 0, -kPadding, 0)) {
    const auto& tokens = Theme::instance().tokens();
    painter_->save();
    if (option_.state & QStyle::State_Selected)
        painter_->fillRect(option_.rect, tokens.accentSoft);
    painter_->setPen(tokens.line);
    painter_->drawLine(option_.rect.bottomLeft(), option_.rect.bottomRight());
}

CellFrame::~CellFrame() {
    if (option_.state & QStyle::State_HasFocus) {
        painter_->setBrush(Qt::NoBrush);
        painter_->setPen(QPen(Theme::instance().tokens().accent, 2));
        painter_->drawRect(option_.rect.adjusted(1, 1, -2, -2));
    }
    painter_->restore();
}

void CellFrame::addDot(const QColor& color) {
    painter_->setRenderHint(QPainter::Antialiasing);
    painter_->setPen(Qt::NoPen);
    painter_->setBrush(color);
    painter_->drawRoundedRect(QRect(text_.left(), text_.center().y() - kDotSize / 2 + 1, kDotSize, kDotSize),
                              2, 2);
    text_.setLeft(text_.left() + kDotSize + 6);
}

void CellFrame::addText(const QModelIndex& index, const QString& text, const QColor& color, bool strong) {
    painter_->setFont(Theme::instance().bodyFont(12, strong ? QFont::DemiBold : QFont::Normal));
    painter_->setPen(color);
    painter_->drawText(text_, index.data(Qt::TextAlignmentRole).toInt(),
                       painter_->fontMetrics().elidedText(text, Qt::ElideRight, text_.width()));
}

}  // namespace ui
