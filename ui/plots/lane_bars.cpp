#include "ui/plots/lane_bars.h"

#include <algorithm>

#include "engine/report/metric_catalog.h"
#include "ui/models/metric_names.h"
#include "ui/models/run_table_model.h"
#include "ui/plots/metric_bars.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr int kMostBars = 12;  // more cannot be told apart in a card

const engine::EnergyRow* energyOf(const engine::LaneReport& lane) {
    return lane.energy.empty() ? nullptr : &lane.energy.front();
}

QString reasonFor(std::string_view metric, const std::vector<const engine::LaneReport*>& lanes) {
    if (lanes.empty())
        return MetricBars::tr("Check rows in the table to see them here");
    if (metric == "joules_per_token")
        for (const auto* lane : lanes)
            if (const auto* energy = energyOf(*lane); energy != nullptr && !energy->reason.empty())
                return MetricBars::tr("No energy value: %1").arg(QString::fromStdString(energy->reason));
    return MetricBars::tr("Not measured in the checked runs");
}

BarValue barOf(const engine::LaneReport& lane, const engine::MetricSummary& summary, double divisor,
               bool severalRuns) {
    BarValue bar;
    const auto& s = summary.summary;
    const QString name = QString::fromStdString(lane.lane.name.empty() ? lane.lane.variant : lane.lane.name);
    bar.label = severalRuns ? QStringLiteral("%1 #%2").arg(name).arg(lane.lane.runId) : name;
    bar.color = Theme::instance().variantColor(QString::fromStdString(lane.lane.variant));
    bar.value = s.median / divisor;
    if (s.ci95) {
        bar.low = s.ci95->low / divisor;
        bar.high = s.ci95->high / divisor;
    }
    const auto* energy = energyOf(lane);
    bar.estimated =
        summary.metric == "joules_per_token" && energy != nullptr && energy->provenance == "estimated";
    const auto format = [&](double value) {
        return QString::fromStdString(engine::formatMetric(summary.metric, value));
    };
    bar.tip = MetricBars::tr("%1, run %2: %3, n = %4")
                  .arg(name)
                  .arg(lane.lane.runId)
                  .arg(format(s.median))
                  .arg(s.n);
    if (s.ci95)
        bar.tip += MetricBars::tr(", 95 % interval %1 – %2").arg(format(s.ci95->low), format(s.ci95->high));
    if (bar.estimated)
        bar.tip += MetricBars::tr(", estimated");
    return bar;
}

}  // namespace

void showLanes(MetricBars& plot, std::string_view metric,
               const std::vector<const engine::LaneReport*>& lanes) {
    const auto info = engine::metricInfo(metric);
    std::vector<std::pair<const engine::LaneReport*, const engine::MetricSummary*>> found;
    double largest = 0.0;
    for (const auto* lane : lanes)
        if (const auto* summary = findMetric(*lane, metric); summary != nullptr && found.size() < kMostBars) {
            found.emplace_back(lane, summary);
            largest = std::max(largest, summary->summary.median);
        }
    const auto unit = engine::unitFor(metric, largest);
    const bool severalRuns = std::any_of(
        lanes.begin(), lanes.end(), [&](const auto* l) { return l->lane.runId != lanes[0]->lane.runId; });
    QVector<BarValue> bars;
    for (const auto& [lane, summary] : found)
        bars.push_back(barOf(*lane, *summary, unit.divisor, severalRuns));
    const QString direction =
        info.higherIsBetter ? MetricBars::tr("higher is better") : MetricBars::tr("lower is better");
    plot.setBars(info.shortLabel == "Memory" ? metricName(metric) : shortMetricName(metric),
                 QStringLiteral("%1, %2").arg(QString::fromStdString(unit.unit), direction), bars,
                 reasonFor(metric, lanes));
}

}  // namespace ui
