#include "ui/widgets/conversation_delegate.h"

#include <QPainter>

#include "ui/models/conversation_model.h"
#include "ui/theme.h"
#include "ui/widgets/marked_text.h"

namespace ui {
namespace {

constexpr int kHeadingHeight = 30;
constexpr int kRowHeight = 36;
constexpr int kTwoLines = 50;
constexpr int kCorner = 7;

/// Where a searched text was said, or the tags; hits are marked.
QString secondLine(const QModelIndex& index) {
    const QString snippet = index.data(ConversationModel::snippetRole).toString();
    if (!snippet.isEmpty())
        return snippet;
    return markHits(index.data(ConversationModel::tagsRole).toString(),
                    index.data(ConversationModel::filterRole).toString());
}

}  // namespace

void ConversationDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    const bool heading = index.data(ConversationModel::headingRole).toBool();
    const bool chosen = option.state.testFlag(QStyle::State_Selected);
    const QRect row = option.rect.adjusted(0, 2, 0, -2);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (chosen || (option.state.testFlag(QStyle::State_MouseOver) && !heading)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(chosen ? tokens.accentSoft : tokens.background);
        painter->drawRoundedRect(row, kCorner, kCorner);
    }
    if (option.state.testFlag(QStyle::State_HasFocus) && chosen) {
        painter->setPen(QPen(tokens.accent, 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(row.adjusted(1, 1, -1, -1), kCorner, kCorner);
    }
    painter->setFont(heading ? theme.bodyFont(11)
                             : theme.bodyFont(13, chosen ? QFont::DemiBold : QFont::Normal));
    painter->setPen(heading ? tokens.mute : tokens.text);
    QRect text = heading ? option.rect.adjusted(0, 0, 0, -4) : row.adjusted(10, 0, -8, 0);
    const QString below = secondLine(index);
    if (!below.isEmpty()) {
        text = row.adjusted(10, 4, -8, -row.height() / 2);
        painter->save();
        painter->setFont(theme.bodyFont(11));
        painter->setPen(tokens.mute);
        drawMarked(*painter, row.adjusted(10, row.height() / 2, -8, -4), below);
        painter->restore();
    }
    if (heading)
        painter->drawText(text, Qt::AlignBottom | Qt::AlignLeft, index.data().toString());
    else
        drawMarked(*painter, text,
                   markHits(index.data().toString(), index.data(ConversationModel::filterRole).toString()));
    painter->restore();
}

QSize ConversationDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const bool heading = index.data(ConversationModel::headingRole).toBool();
    return {option.rect.width(), heading                       ? kHeadingHeight
                                 : secondLine(index).isEmpty() ? kRowHeight
                                                               : kTwoLines};
}

}  // namespace ui
