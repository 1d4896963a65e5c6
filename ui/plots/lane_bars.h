#pragma once

#include <string_view>
#include <vector>

#include "engine/report/report.h"

namespace ui {

class MetricBars;

/// Fills a plot with one bar per lane that has the metric; the rest is explained in words.
void showLanes(MetricBars& plot, std::string_view metric,
               const std::vector<const engine::LaneReport*>& lanes);

}  // namespace ui
