#pragma once

#include <QString>
#include <QVector>

class QLabel;
class QPushButton;
class QWidget;

namespace ui {

/// A button with an object name, an accessible name and a tool tip.
QPushButton* makeButton(const QString& text, const QString& objectName, const QString& tip);
/// A chip for a fact.
QLabel* makeChip(const QString& text);
/// The top line of a page: title, facts, then actions at the right.
QWidget* makeHeader(const QString& title, const QVector<QWidget*>& facts, const QVector<QWidget*>& actions);

/// Hides a widget at once and deletes it when the events that it may be in the middle of are over: the click
/// on a part of it can be what makes it go.
void retire(QWidget* widget);

}  // namespace ui
