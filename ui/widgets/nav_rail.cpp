#include "ui/widgets/nav_rail.h"

#include <QKeySequence>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace ui {
namespace {

constexpr int kWidth = 64;

QToolButton* makeButton(const QString& label, const QString& icon, const QString& objectName) {
    auto* button = new QToolButton;
    button->setText(label);
    button->setProperty("icon_name", icon);
    button->setProperty("kind", "rail");
    button->setObjectName(objectName);
    button->setAccessibleName(label);
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    button->setIconSize({20, 20});
    return button;
}

}  // namespace

NavRail::NavRail(QWidget* parent)
    : QFrame(parent),
      column_(new QVBoxLayout(this)),
      theme_(makeButton(tr("Theme"), QStringLiteral("moon"), QStringLiteral("themeButton"))) {
    setObjectName(QStringLiteral("rail"));
    setFixedWidth(kWidth);
    column_->setContentsMargins(0, 12, 0, 12);
    column_->setSpacing(2);
    column_->setAlignment(Qt::AlignHCenter);
    column_->addStretch(1);
    column_->addWidget(theme_, 0, Qt::AlignHCenter);
    theme_->setToolTip(tr("Switch between light and dark (Ctrl+T)"));
    connect(theme_, &QToolButton::clicked, this, &NavRail::themeToggled);
    connect(&group_, &QButtonGroup::idClicked, this, &NavRail::chosen);
    connect(&group_, &QButtonGroup::idToggled, this, &NavRail::repaintIcons);
    connect(&Theme::instance(), &Theme::changed, this, &NavRail::repaintIcons);
    repaintIcons();
}

void NavRail::addPage(const QString& label, const QString& icon, const QString& objectName,
                      const QKeySequence& shortcut) {
    auto* button = makeButton(label, icon, objectName);
    button->setCheckable(true);
    button->setToolTip(QStringLiteral("%1 (%2)").arg(label, shortcut.toString(QKeySequence::NativeText)));
    const int id = static_cast<int>(group_.buttons().size());
    group_.addButton(button, id);
    column_->insertWidget(id, button, 0, Qt::AlignHCenter);
    repaintIcons();
}

void NavRail::setCurrent(int page) {
    if (auto* button = group_.button(page))
        button->setChecked(true);
}

void NavRail::repaintIcons() {
    const auto& theme = Theme::instance();
    theme_->setProperty("icon_name", theme.tokens().dark ? QStringLiteral("sun") : QStringLiteral("moon"));
    theme_->setIcon(theme.icon(theme_->property("icon_name").toString(), theme.tokens().mute));
    for (auto* button : group_.buttons())
        button->setIcon(theme.icon(button->property("icon_name").toString(),
                                   button->isChecked() ? theme.tokens().accent : theme.tokens().mute));
}

}  // namespace ui
