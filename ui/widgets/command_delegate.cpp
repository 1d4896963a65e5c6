#include "ui/widgets/command_delegate.h"

#include <QPainter>

#include "ui/theme.h"

namespace ui {
namespace {

constexpr int kHeight = 32;
constexpr int kPadding = 12;
constexpr int kGap = 16;

}  // namespace

void CommandDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state & QStyle::State_Selected) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.accentSoft);
        painter->drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), 6, 6);
    }
    QRect line = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    painter->setFont(theme.bodyFont(11));
    painter->setPen(tokens.mute);
    for (const int role : {static_cast<int>(keysRole), static_cast<int>(groupRole)}) {
        const QString text = index.data(role).toString();
        if (text.isEmpty())
            continue;
        painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, text);
        line.setRight(line.right() - painter->fontMetrics().horizontalAdvance(text) - kGap);
    }
    painter->setFont(theme.bodyFont());
    painter->setPen(tokens.text);
    painter->drawText(
        line, Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, line.width()));
    painter->restore();
}

QSize CommandDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {200, kHeight};
}

}  // namespace ui
