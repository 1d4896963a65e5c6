#include "ui/widgets/model_delegate.h"

#include <QPainter>

#include "ui/models/model_list_model.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr int kPadding = 6;
constexpr int kMark = 12;

QColor toneColor(const QString& tone, const QColor& usual) {
    const auto& tokens = Theme::instance().tokens();
    return tone == QLatin1String("good") ? tokens.ok : tone == QLatin1String("bad") ? tokens.warn : usual;
}

}  // namespace

void ModelDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    const bool name = index.column() == ModelListModel::nameColumn;
    const QString tone = index.data(ModelListModel::toneRole).toString();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, tokens.accentSoft);
    painter->setPen(tokens.line);
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    QRect text = option.rect.adjusted(name ? 12 : kPadding, 5, -kPadding, -5);
    QRect first(text.left(), text.top(), text.width(), text.height() / 2);
    const QRect second(text.left(), first.bottom() + 1, text.width(), text.height() - first.height());
    if (!name && !tone.isEmpty()) {  // never by colour alone
        const QString icon =
            tone == QLatin1String("good") ? QStringLiteral("check") : QStringLiteral("warning");
        painter->drawPixmap(first.left(), first.center().y() - kMark / 2 + 1,
                            theme.pixmap(icon, toneColor(tone, tokens.text), kMark));
        first.setLeft(first.left() + kMark + 5);
    }
    const auto line = [&](const QRect& rect, const QFont& font, const QColor& color, const QString& words,
                          Qt::TextElideMode mode) {
        painter->setFont(font);
        painter->setPen(color);
        painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(words, mode, rect.width()));
    };
    line(first, theme.bodyFont(13, name ? QFont::DemiBold : QFont::Normal),
         name ? tokens.text : toneColor(tone, tokens.text), index.data().toString(), Qt::ElideRight);
    const int progress = index.data(ModelListModel::progressRole).toInt();
    if (progress >= 0) {
        const QRectF bar(second.left(), second.center().y() - 1, second.width() - 8, 4);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.line);
        painter->drawRoundedRect(bar, 2, 2);
        painter->setBrush(tokens.accent);
        painter->drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * progress / 100.0, bar.height()),
                                 2, 2);
    } else {
        line(second, theme.bodyFont(11), name ? toneColor(tone, tokens.mute) : tokens.mute,
             index.data(ModelListModel::detailRole).toString(),
             name && tone.isEmpty() ? Qt::ElideMiddle : Qt::ElideRight);
    }
    if (option.state & QStyle::State_HasFocus) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(tokens.accent, 2));
        painter->drawRect(option.rect.adjusted(1, 1, -2, -2));
    }
    painter->restore();
}

}  // namespace ui
