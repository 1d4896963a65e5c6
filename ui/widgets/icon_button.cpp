#include "ui/widgets/icon_button.h"

#include "ui/theme.h"

namespace ui {

IconButton::IconButton(const QString& icon, const QString& objectName, const QString& tip, QWidget* parent)
    : QToolButton(parent), icon_(icon) {
    setObjectName(objectName);
    setToolTip(tip);
    setAccessibleName(tip);
    setProperty("kind", "flat");
    setIconSize({16, 16});
    connect(&Theme::instance(), &Theme::changed, this, &IconButton::repaintIcon);
    repaintIcon();
}

void IconButton::repaintIcon() {
    setIcon(Theme::instance().icon(icon_, Theme::instance().tokens().mute));
}

}  // namespace ui
