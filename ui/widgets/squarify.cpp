#include "ui/widgets/squarify.h"

#include <algorithm>
#include <numeric>

namespace ui {
namespace {

/// The worst of width : height in a row of these areas along a side.
double worstRatio(double sum, double smallest, double largest, double side) {
    const double square = side * side;
    return std::max(square * largest / (sum * sum), sum * sum / (square * smallest));
}

/// Cuts a row of `count` areas from `begin` on off the free rectangle.
void layRow(const std::vector<double>& areas, std::size_t begin, std::size_t count, double sum, QRectF& free,
            std::vector<QRectF>& out) {
    const bool column = free.width() >= free.height();  // the row stands at the shorter side
    const double side = column ? free.height() : free.width();
    const double thick = side > 0.0 ? sum / side : 0.0;
    double at = 0.0;
    for (std::size_t i = begin; i < begin + count; ++i) {
        const double length = thick > 0.0 ? areas[i] / thick : 0.0;
        out[i] = column ? QRectF(free.left(), free.top() + at, thick, length)
                        : QRectF(free.left() + at, free.top(), length, thick);
        at += length;
    }
    if (column)
        free.setLeft(free.left() + thick);
    else
        free.setTop(free.top() + thick);
}

}  // namespace

std::vector<QRectF> squarify(const QRectF& area, const std::vector<double>& sizes) {
    std::vector<QRectF> out(sizes.size());
    const double total = std::accumulate(sizes.begin(), sizes.end(), 0.0);
    if (total <= 0.0 || area.isEmpty())
        return out;
    std::vector<double> areas;
    for (const double size : sizes)
        areas.push_back(std::max(0.0, size) / total * area.width() * area.height());
    QRectF free = area;
    std::size_t begin = 0;
    while (begin < areas.size() && areas[begin] > 0.0) {
        const double side = std::min(free.width(), free.height());
        std::size_t count = 1;
        double sum = areas[begin];
        double worst = worstRatio(sum, areas[begin], areas[begin], side);
        while (begin + count < areas.size() && areas[begin + count] > 0.0) {
            const double next = areas[begin + count];
            const double ratio = worstRatio(sum + next, next, areas[begin], side);
            if (ratio > worst)
                break;
            sum += next;
            worst = ratio;
            ++count;
        }
        layRow(areas, begin, count, sum, free, out);
        begin += count;
    }
    return out;
}

}  // namespace ui
