#pragma once

#include <QString>
#include <QTextDocument>

namespace ui {

/// A tool tip that shows `text` as it is: tips that look like HTML are read as HTML, and names come from
/// files.
inline QString plainTip(const QString& text) {
    return Qt::mightBeRichText(text) ? Qt::convertFromPlainText(text) : text;
}

}  // namespace ui
