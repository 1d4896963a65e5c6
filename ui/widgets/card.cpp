#include "ui/widgets/card.h"

#include <QPainter>
#include <QPainterPath>

#include "ui/theme.h"

namespace ui {

constexpr double kRadius = 10.0;
constexpr int kStrip = 3;

Card::Card(QWidget* parent) : QFrame(parent) {
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Card::setAccent(const QColor& color) {
    accent_ = color;
    update();
}

void Card::paintEvent(QPaintEvent*) {
    const auto& tokens = Theme::instance().tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath shape;
    shape.addRoundedRect(frame, kRadius, kRadius);
    painter.fillPath(shape, tokens.panel);
    painter.setPen(tokens.line);
    painter.drawPath(shape);
    if (!accent_.isValid())
        return;
    QPainterPath outer;
    outer.addRoundedRect(QRectF(rect()), kRadius, kRadius);
    painter.setClipPath(outer);
    painter.fillRect(QRect(0, 0, width(), kStrip), accent_);
}

}  // namespace ui
