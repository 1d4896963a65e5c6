#include "ui/widgets/marked_text.h"

#include <QTextLayout>

#include "ui/theme.h"

namespace ui {
namespace {

constexpr QChar kBegin(2);
constexpr QChar kEnd(3);
constexpr int kWordsBefore = 6;  // characters that stay in front of a hit

QVector<QTextLayout::FormatRange> rangesOf(const QString& marked) {
    QTextCharFormat format;
    format.setFontWeight(QFont::DemiBold);
    format.setForeground(Theme::instance().tokens().accent);
    QVector<QTextLayout::FormatRange> ranges;
    int at = 0;
    for (const QChar c : marked) {
        if (c == kBegin)
            ranges.push_back({at, 0, format});
        else if (c == kEnd && !ranges.isEmpty())
            ranges.back().length = at - ranges.back().start;
        if (c != kBegin && c != kEnd)
            ++at;
    }
    return ranges;
}

}  // namespace

QString markHits(const QString& text, const QString& wanted) {
    if (wanted.isEmpty())
        return text;
    QString marked;
    qsizetype from = 0;
    for (qsizetype at = text.indexOf(wanted, 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(wanted, from, Qt::CaseInsensitive)) {
        marked += text.mid(from, at - from) + kBegin + text.mid(at, wanted.size()) + kEnd;
        from = at + wanted.size();
    }
    return marked + text.mid(from);
}

QString withoutMarks(QString text) {
    return text.remove(kBegin).remove(kEnd);
}

void drawMarked(QPainter& painter, const QRect& place, const QString& marked) {
    QString text = withoutMarks(marked);
    auto ranges = rangesOf(marked);
    const auto metrics = painter.fontMetrics();
    if (!ranges.isEmpty() && ranges.front().start > kWordsBefore &&
        metrics.horizontalAdvance(text.left(ranges.front().start + ranges.front().length)) > place.width()) {
        const int cut = ranges.front().start - kWordsBefore;
        text = u'…' + text.mid(cut);
        for (auto& range : ranges)
            range.start -= cut - 1;
    }
    QTextLayout layout(metrics.elidedText(text, Qt::ElideRight, place.width()), painter.font());
    layout.setFormats(ranges);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setNumColumns(static_cast<int>(layout.text().size()));
    layout.endLayout();
    painter.save();
    painter.setClipRect(place);
    layout.draw(&painter, QPointF(place.left(), place.top() + (place.height() - line.height()) / 2));
    painter.restore();
}

}  // namespace ui
