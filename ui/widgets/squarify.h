#pragma once

#include <QRectF>
#include <vector>

namespace ui {

/// Tiles `area` with one rectangle per size, areas in proportion, as near to squares as greedy rows come
/// (Bruls, Huizing & van Wijk 2000). `sizes` fall; those that are 0 get empty rectangles.
std::vector<QRectF> squarify(const QRectF& area, const std::vector<double>& sizes);

}  // namespace ui
