#include "ui/widgets/benchmark_delegate.h"

#include <QPainter>

#include "ui/models/benchmark_table_model.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr int kPadding = 6;  // as the header's
constexpr int kDotSize = 8;

}  // namespace

void BenchmarkDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, tokens.accentSoft);
    painter->setPen(tokens.line);
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    QRect text = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    if (index.column() == BenchmarkTableModel::laneColumn) {
        const auto lane = static_cast<std::size_t>(index.data(BenchmarkTableModel::laneRole).toInt());
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tokens.variants[lane % tokens.variants.size()]);
        painter->drawRoundedRect(QRect(text.left(), text.center().y() - kDotSize / 2 + 1, kDotSize, kDotSize),
                                 2, 2);
        text.setLeft(text.left() + kDotSize + 6);
    }
    const bool strong = index.column() == BenchmarkTableModel::medianColumn;
    const bool warns = index.column() == BenchmarkTableModel::warningsColumn &&
                       index.data(BenchmarkTableModel::warningRole).toBool();
    const bool quiet = index.column() == BenchmarkTableModel::intervalColumn ||
                       index.column() == BenchmarkTableModel::countColumn;
    painter->setFont(theme.bodyFont(12, strong ? QFont::DemiBold : QFont::Normal));
    painter->setPen(warns ? tokens.warn : quiet ? tokens.mute : tokens.text);
    const QString words = (warns ? QStringLiteral("⚠ ") : QString()) + index.data().toString();
    painter->drawText(text, index.data(Qt::TextAlignmentRole).toInt(),
                      painter->fontMetrics().elidedText(words, Qt::ElideRight, text.width()));
    if (option.state & QStyle::State_HasFocus) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(tokens.accent, 2));
        painter->drawRect(option.rect.adjusted(1, 1, -2, -2));
    }
    painter->restore();
}

}  // namespace ui
