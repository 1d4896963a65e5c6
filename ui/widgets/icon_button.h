#pragma once

#include <QToolButton>

namespace ui {

/// A flat button that is an icon; it follows the theme, and its tool tip is its accessible name.
class IconButton : public QToolButton {
    Q_OBJECT

public:
    IconButton(const QString& icon, const QString& objectName, const QString& tip, QWidget* parent = nullptr);

private:
    void repaintIcon();

    QString icon_;
};

}  // namespace ui
