#pragma once

#include <QPainter>
#include <QString>

namespace ui {

/// Every place of `wanted` in `text` (case does not count) put between the characters 2 and 3, as the
/// database does it.
QString markHits(const QString& text, const QString& wanted);
/// The text without its marks.
QString withoutMarks(QString text);
/// Draws a line of text, what is marked bold and in the accent colour, in the painter's font and pen. What is
/// too wide is left out at the end, and at the front when the first mark would not be seen otherwise.
void drawMarked(QPainter& painter, const QRect& place, const QString& marked);

}  // namespace ui
