#pragma once

#include <span>
#include <string>
#include <string_view>

namespace engine {

/// How people read one measured quantity. The one place for labels, units and digits, for window, command
/// line and reports.
struct MetricInfo {
    std::string_view metric;      ///< as stored: "ttft_ms"
    std::string_view label;       ///< "Time to first token"
    std::string_view shortLabel;  ///< "TTFT"
    std::string_view unit;        ///< as stored: ms, tok/s, bytes, J/token, ""
    bool higherIsBetter = false;
    bool headline = false;   ///< shown first: in tiles and plots
    bool condition = false;  ///< how it was measured; tables of results leave it to the warnings
};

/// Every known metric, headlines first, in the order in which they are shown.
std::span<const MetricInfo> metricCatalog();
/// The entry of `metric`; for an unknown one its own name without a unit.
MetricInfo metricInfo(std::string_view metric);

/// Three significant digits with a unit that keeps numbers short: "12.3 ms", "1.92 GiB", "96.3 %".
std::string formatMetric(std::string_view metric, double value);
/// The number alone in the unit that formatMetric() would choose for `scale` (for tables whose head shows the
/// unit).
struct ScaledUnit {
    double divisor = 1.0;
    std::string unit;
};
ScaledUnit unitFor(std::string_view metric, double scale);
/// Three significant digits, thousands without exponent: "0.00123", "12.3", "4570". A point in every locale.
std::string formatNumber(double value);
/// `digits` after the point, a point in every locale (for SVG and tables).
std::string formatFixed(double value, int digits);

}  // namespace engine
