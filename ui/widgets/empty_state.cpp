#include "ui/widgets/empty_state.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/widgets/style_property.h"

namespace ui {

EmptyState::EmptyState(const QString& title, const QString& text, QWidget* parent) : QWidget(parent) {
    auto* heading = new QLabel(title);
    setStyleProperty(heading, "tone", "heading");
    heading->setAlignment(Qt::AlignCenter);
    auto* body = new QLabel(text);
    setStyleProperty(body, "tone", "mute");
    body->setAlignment(Qt::AlignCenter);
    body->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(8);
    column->addStretch(2);
    column->addWidget(heading);
    column->addWidget(body);
    column->addStretch(3);
}

void EmptyState::addWidget(QWidget* widget) {
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->insertSpacing(column->count() - 1, 4);
    column->insertWidget(column->count() - 1, widget, 0, Qt::AlignHCenter);
}

}  // namespace ui
