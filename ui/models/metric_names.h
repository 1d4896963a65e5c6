#pragma once

#include <QString>
#include <string_view>

namespace ui {

/// What the engine calls a metric, in the window's language: "Time to first token".
QString metricName(std::string_view metric);
/// The short form: "TTFT".
QString shortMetricName(std::string_view metric);

}  // namespace ui
