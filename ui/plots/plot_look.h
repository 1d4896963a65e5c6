#pragma once

class QCustomPlot;

namespace ui {

/// The theme on a plot: background, quiet axes with a grid and no lines, and the legend.
void applyPlotLook(QCustomPlot* plot);

}  // namespace ui
