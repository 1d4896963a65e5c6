#include "engine/metrics/box_summary.h"

#include <algorithm>
#include <cassert>

#include "engine/metrics/statistics.h"

namespace engine {

BoxSummary boxSummary(std::span<const double> values) {
    assert(!values.empty());
    BoxSummary box;
    box.q1 = percentile(values, 0.25);
    box.median = percentile(values, 0.5);
    box.q3 = percentile(values, 0.75);
    const double reach = 1.5 * (box.q3 - box.q1);
    box.low = box.q1;
    box.high = box.q3;
    for (const double value : values)
        if (value < box.q1 - reach || value > box.q3 + reach) {
            box.outliers.push_back(value);
        } else {
            box.low = std::min(box.low, value);
            box.high = std::max(box.high, value);
        }
    std::sort(box.outliers.begin(), box.outliers.end());
    return box;
}

}  // namespace engine
