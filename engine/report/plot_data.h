#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/metrics/box_summary.h"
#include "engine/report/report.h"

namespace engine {

enum class PlotKind { bars, box, timeSeries, sweep, pareto };

/// What series are made of: lanes that share this are one series.
enum class PlotGroup { lane, variant, model, kernels, threads, machine, run };

/// A number that a sweep goes over.
enum class SweepAxis { depth, prompt, generate, threads };

struct PlotQuestion {
    PlotKind kind = PlotKind::bars;
    std::string metric = "decode_tokens_per_s";  ///< the value axis
    std::string against = "peak_rss_bytes";      ///< pareto: the other axis
    std::string size;                            ///< pareto: the area of points; empty = all alike
    SweepAxis axis = SweepAxis::depth;
    PlotGroup group = PlotGroup::variant;
    bool operator==(const PlotQuestion&) const = default;
};

struct LaneOfRun {
    const RunReport* run = nullptr;
    const LaneReport* lane = nullptr;
};

/// One mark. Values are in the units of the axis labels.
struct PlotPoint {
    double x = 0.0;  ///< bars and boxes: place; time series: seconds since 1970, UTC
    double y = 0.0;
    std::optional<Interval> interval;  ///< 95 %, of y
    std::optional<BoxSummary> box;     ///< box plots
    double size = 0.1;                 ///< pareto: share of the largest, 0 … 1
    bool estimated = false;            ///< hatched, and never on the front
    bool onFront = false;  ///< pareto: no other measured point is better in one and as good in the other
    std::string label;     ///< under bars and boxes
    std::string tip;       ///< value with unit, n, interval, test, lane, run
    std::int64_t runId = 0;
    std::int64_t laneId = 0;
    MetricSummary summary;  ///< which raw samples it was made of
};

struct PlotSeries {
    std::string name;
    std::string variant;  ///< that all its lanes have, for its colour; empty where they differ
    std::vector<PlotPoint> points;
};

struct PlotData {
    std::string title;  ///< "Decode speed by depth"
    std::string note;   ///< "tok/s, higher is better"
    std::string xLabel;
    std::string yLabel;
    bool xIsTime = false;
    bool higherIsBetter = false;
    std::vector<PlotSeries> series;
    std::vector<std::string> warnings;  ///< mixed energy sources, points that were left out
    std::string reason;                 ///< why there is nothing to see; empty where there is
};

/// Metrics that any of the lanes measured, headlines first.
std::vector<std::string> measuredMetrics(const std::vector<LaneOfRun>& lanes);

PlotData makePlot(const PlotQuestion& question, const std::vector<LaneOfRun>& lanes);

}  // namespace engine
