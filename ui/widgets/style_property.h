#pragma once

#include <QString>
#include <QStyle>
#include <QVariant>
#include <QWidget>

namespace ui {

/// Sets a property that the style sheet selects by, and lets the style look again when it changed.
inline void setStyleProperty(QWidget* widget, const char* name, const char* value) {
    const QVariant wanted = QString::fromLatin1(value);
    if (widget->property(name) == wanted)
        return;
    widget->setProperty(name, wanted);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

}  // namespace ui
