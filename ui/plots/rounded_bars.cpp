#include "ui/plots/rounded_bars.h"

#include <QPainterPath>

namespace ui {

constexpr double kCorner = 3.0;

void RoundedBars::draw(QCPPainter* painter) {
    if (!keyAxis() || !valueAxis())
        return;
    applyFillAntialiasingHint(painter);
    for (const auto& bar : *data()) {
        const QRectF box = getBarRect(bar.key, bar.value);
        if (box.height() < 0.5)
            continue;
        // The lower corners lie outside the clip and so stay square.
        QPainterPath path;
        path.addRoundedRect(box.adjusted(0, 0, 0, kCorner * 2), kCorner, kCorner);
        QPainterPath visible;
        visible.addRect(box);
        path = path.intersected(visible);
        painter->setPen(Qt::NoPen);
        if (brush().style() != Qt::SolidPattern) {  // hatching needs a ground to stand on
            QColor ground = brush().color();
            ground.setAlphaF(0.25F);
            painter->fillPath(path, ground);
        }
        painter->fillPath(path, brush());
    }
}

}  // namespace ui
