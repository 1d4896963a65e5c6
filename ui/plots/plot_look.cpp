#include "ui/plots/plot_look.h"

#include <qcustomplot.h>

#include "ui/theme.h"

namespace ui {

void applyPlotLook(QCustomPlot* plot) {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    plot->setBackground(tokens.panel);
    for (auto* axis : {plot->xAxis, plot->yAxis}) {
        axis->setBasePen(Qt::NoPen);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(tokens.mute);
        axis->setTickLabelFont(theme.bodyFont(10));
        axis->setLabelColor(tokens.mute);
        axis->setLabelFont(theme.bodyFont(11));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->grid()->setPen(QPen(tokens.line, 1));
    }
    plot->legend->setBrush(tokens.panel);
    plot->legend->setBorderPen(QPen(tokens.line));
    plot->legend->setTextColor(tokens.text);
    plot->legend->setFont(theme.bodyFont(10));
}

}  // namespace ui
