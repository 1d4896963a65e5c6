#include "ui/widgets/run_delegate.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "engine/report/difference.h"
#include "ui/models/run_table_model.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr int kPadding = 8;
constexpr int kCheckSize = 14;
constexpr int kDotSize = 8;

QRect checkBox(const QRect& cell) {
    return {cell.left() + kPadding + 2, cell.center().y() - kCheckSize / 2, kCheckSize, kCheckSize};
}

bool isNumber(int column) {
    return column == RunTableModel::ttftColumn || column == RunTableModel::decodeColumn ||
           column == RunTableModel::memoryColumn || column == RunTableModel::energyColumn;
}

}  // namespace

QColor RunDelegate::textColor(const QModelIndex& index) const {
    const auto& tokens = Theme::instance().tokens();
    const int column = index.column();
    if (column == RunTableModel::referenceColumn) {
        const auto verdict = static_cast<engine::Verdict>(index.data(RunTableModel::toneRole).toInt());
        return verdict == engine::Verdict::better  ? tokens.ok
               : verdict == engine::Verdict::worse ? tokens.warn
                                                   : tokens.mute;
    }
    if (column == RunTableModel::notesColumn)
        return index.data(RunTableModel::warningRole).toBool() ? tokens.warn : tokens.mute;
    return column == RunTableModel::intervalColumn ? tokens.mute : tokens.text;
}

void RunDelegate::paintCheck(QPainter* painter, const QRect& box, bool checked) const {
    const auto& tokens = Theme::instance().tokens();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(checked ? tokens.accent : tokens.mute);
    painter->setBrush(checked ? QBrush(tokens.accent) : QBrush(Qt::NoBrush));
    painter->drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    if (checked)
        painter->drawPixmap(box.adjusted(1, 1, -1, -1),
                            Theme::instance().pixmap(QStringLiteral("check"), tokens.onAccent, 12));
}

void RunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, tokens.accentSoft);
    painter->setPen(tokens.line);
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    QRect text = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    if (index.column() == RunTableModel::runColumn) {
        const QRect box = checkBox(option.rect);
        paintCheck(painter, box, index.data(Qt::CheckStateRole).toInt() == Qt::Checked);
        text.setLeft(box.right() + kPadding);
    }
    if (index.column() == RunTableModel::variantColumn) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.variantColor(index.data(RunTableModel::variantRole).toString()));
        painter->drawRoundedRect(QRect(text.left(), text.center().y() - kDotSize / 2 + 1, kDotSize, kDotSize),
                                 2, 2);
        text.setLeft(text.left() + kDotSize + 6);
    }
    painter->setFont(theme.bodyFont(13, isNumber(index.column()) ? QFont::DemiBold : QFont::Normal));
    painter->setPen(textColor(index));
    const auto alignment = static_cast<Qt::Alignment>(index.data(Qt::TextAlignmentRole).toInt());
    painter->drawText(
        text, static_cast<int>(alignment),
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    if (option.state & QStyle::State_HasFocus) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(tokens.accent, 2));
        painter->drawRect(option.rect.adjusted(1, 1, -2, -2));
    }
    painter->restore();
}

bool RunDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                              const QModelIndex& index) {
    if (!(index.flags() & Qt::ItemIsUserCheckable))
        return false;
    const bool clicked = event->type() == QEvent::MouseButtonRelease &&
                         checkBox(option.rect)
                             .adjusted(-6, -6, 6, 6)
                             .contains(static_cast<QMouseEvent*>(event)->position().toPoint());
    const bool pressed =
        event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space;
    if (!clicked && !pressed)
        return false;
    const bool checked = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    return model->setData(index, checked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

}  // namespace ui
