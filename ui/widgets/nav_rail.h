#pragma once

#include <QButtonGroup>
#include <QFrame>

class QToolButton;
class QVBoxLayout;

namespace ui {

/// The strip at the left edge: one button per page, icon and word, and the light/dark switch at the bottom.
class NavRail : public QFrame {
    Q_OBJECT

public:
    explicit NavRail(QWidget* parent = nullptr);
    /// `icon`: a file of resources/icons. Pages have ids in the order in which they were added.
    void addPage(const QString& label, const QString& icon, const QString& objectName,
                 const QKeySequence& shortcut);
    void setCurrent(int page);
    int current() const { return group_.checkedId(); }

signals:
    void chosen(int page);
    void themeToggled();

private:
    void repaintIcons();

    QButtonGroup group_;
    QVBoxLayout* column_;
    QToolButton* theme_;
};

}  // namespace ui
