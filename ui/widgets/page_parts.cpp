#include "ui/widgets/page_parts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "ui/widgets/style_property.h"

namespace ui {

QPushButton* makeButton(const QString& text, const QString& objectName, const QString& tip) {
    auto* button = new QPushButton(text);
    button->setObjectName(objectName);
    button->setAccessibleName(text);
    button->setToolTip(tip);
    return button;
}

QLabel* makeChip(const QString& text) {
    auto* chip = new QLabel(text);
    setStyleProperty(chip, "chip", "true");
    chip->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    return chip;
}

QWidget* makeHeader(const QString& title, const QVector<QWidget*>& facts, const QVector<QWidget*>& actions) {
    auto* header = new QWidget;
    auto* label = new QLabel(title);
    setStyleProperty(label, "tone", "title");
    auto* line = new QHBoxLayout(header);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(label);
    for (auto* fact : facts)
        line->addWidget(fact);
    line->addStretch(1);
    for (auto* action : actions)
        line->addWidget(action);
    return header;
}

void retire(QWidget* widget) {
    if (widget == nullptr)
        return;
    widget->hide();
    widget->deleteLater();
}

}  // namespace ui
