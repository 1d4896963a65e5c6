#include "ui/widgets/kernel_delegate.h"

#include <QPainter>

#include "ui/models/kernel_table_model.h"
#include "ui/plots/roofline_plot.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr int kPadding = 6;  // as the header's
constexpr int kDotSize = 8;

}  // namespace

void KernelDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    const bool inUse = index.data(KernelTableModel::inUseRole).toBool();
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, tokens.accentSoft);
    painter->setPen(tokens.line);
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    QRect text = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    if (index.column() == KernelTableModel::opColumn) {
        QColor color = arithmeticColor(index.data(KernelTableModel::arithmeticRole).toString().toStdString());
        color.setAlphaF(inUse ? 1.0F : 0.3F);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color);
        painter->drawRoundedRect(QRect(text.left(), text.center().y() - kDotSize / 2 + 1, kDotSize, kDotSize),
                                 2, 2);
        text.setLeft(text.left() + kDotSize + 6);
    }
    const bool strong = inUse && (index.column() == KernelTableModel::rateColumn ||
                                  index.column() == KernelTableModel::bandwidthColumn);
    painter->setFont(theme.bodyFont(12, strong ? QFont::DemiBold : QFont::Normal));
    painter->setPen(inUse ? tokens.text : tokens.mute);
    painter->drawText(
        text, index.data(Qt::TextAlignmentRole).toInt(),
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    if (option.state & QStyle::State_HasFocus) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(tokens.accent, 2));
        painter->drawRect(option.rect.adjusted(1, 1, -2, -2));
    }
    painter->restore();
}

}  // namespace ui
