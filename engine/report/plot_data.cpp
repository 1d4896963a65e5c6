#include "engine/report/plot_data.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <set>

#include "engine/report/environment.h"
#include "engine/report/lane_samples.h"
#include "engine/report/metric_catalog.h"

namespace engine {
namespace {

std::string orNone(const std::string& text) {
    return text.empty() ? "–" : text;
}

std::string groupName(PlotGroup group, const LaneOfRun& at) {
    const auto& lane = at.lane->lane;
    switch (group) {
        case PlotGroup::lane:
            return orNone(lane.name.empty() ? lane.variant : lane.name);
        case PlotGroup::variant:
            return orNone(lane.variant.empty() ? lane.name : lane.variant);
        case PlotGroup::model:
            return orNone(lane.modelName + (lane.variant.empty() ? "" : " " + lane.variant));
        case PlotGroup::kernels:
            return orNone(lane.kernelSpec);
        case PlotGroup::threads:
            return std::to_string(lane.threads) + " threads";
        case PlotGroup::machine:
            return machineLabel(at.run->run);
        case PlotGroup::run:
            break;
    }
    return "run " + std::to_string(at.run->run.id);
}

/// "2026-11-24T10:15:30.123Z" as seconds since 1970; nothing for other texts.
std::optional<double> secondsOf(const std::string& utc) {
    std::tm time{};
    if (utc.size() < 19 || ::strptime(utc.substr(0, 19).c_str(), "%Y-%m-%dT%H:%M:%S", &time) == nullptr)
        return std::nullopt;
    return static_cast<double>(::timegm(&time));
}

double axisValue(SweepAxis axis, const LaneReport& lane, const MetricSummary& result) {
    switch (axis) {
        case SweepAxis::depth:
            return static_cast<double>(result.depth);
        case SweepAxis::prompt:
            return static_cast<double>(result.prompt);
        case SweepAxis::generate:
            return static_cast<double>(result.generate);
        case SweepAxis::threads:
            break;
    }
    return lane.lane.threads;
}

const char* axisLabel(SweepAxis axis) {
    switch (axis) {
        case SweepAxis::depth:
            return "tokens already in the context";
        case SweepAxis::prompt:
            return "prompt tokens";
        case SweepAxis::generate:
            return "generated tokens";
        case SweepAxis::threads:
            break;
    }
    return "threads";
}

std::string labelled(std::string_view metric, const std::string& unit) {
    const std::string label(metricInfo(metric).label);
    return unit.empty() ? label : label + ", " + unit;
}

/// Whether the number is one of the weights and the text, which a later run of them need not measure again.
bool isQuality(std::string_view metric) {
    return metric == "perplexity" || metric == "kl_mean" || metric == "kl_p99" || metric == "top1";
}

/// Whether both lanes ran the same weights with the same KV cache, so that one's quality is the other's.
bool sameWeights(const LaneRow& a, const LaneRow& b) {
    if (a.kv != b.kv || a.variant != b.variant)
        return false;
    return a.digest.empty() || b.digest.empty() ? !a.modelPath.empty() && a.modelPath == b.modelPath
                                                : a.digest == b.digest;
}

class Plot {
public:
    Plot(const PlotQuestion& question, const std::vector<LaneOfRun>& lanes)
        : question_(question), lanes_(lanes), unit_(unitFor(question.metric, largest(question.metric))) {}

    PlotData make() {
        const auto info = metricInfo(question_.metric);
        data_.title = std::string(info.label);
        data_.higherIsBetter = info.higherIsBetter;
        data_.note = unit_.unit + (unit_.unit.empty() ? "" : ", ") +
                     (info.higherIsBetter ? "higher is better" : "lower is better");
        data_.yLabel = labelled(question_.metric, unit_.unit);
        if (question_.kind == PlotKind::pareto)
            addTrade();
        else
            addMarks();
        for (auto& series : data_.series)
            std::stable_sort(series.points.begin(), series.points.end(),
                             [](const PlotPoint& a, const PlotPoint& b) { return a.x < b.x; });
        warnOfEnergy();
        if (data_.series.empty())
            data_.reason = lanes_.empty() ? "Check rows in the table to see them here" : missing();
        return std::move(data_);
    }

private:
    double largest(std::string_view metric) const {
        double most = 0.0;
        for (const auto& at : lanes_)
            for (const auto& result : at.lane->results)
                if (result.metric == metric)
                    most = std::max(most, std::abs(result.summary.median));
        return most;
    }

    std::string missing() const {
        if (question_.metric == "joules_per_token")
            for (const auto& at : lanes_)
                for (const auto& energy : at.lane->energy)
                    if (!energy.reason.empty())
                        return "No energy value: " + energy.reason;
        return "Not measured in the checked runs";
    }

    PlotSeries& seriesOf(const LaneOfRun& at) {
        const auto name = groupName(question_.group, at);
        for (auto& series : data_.series)
            if (series.name == name) {
                if (series.variant != at.lane->lane.variant)
                    series.variant.clear();
                return series;
            }
        data_.series.push_back({name, at.lane->lane.variant, {}});
        return data_.series.back();
    }

    bool estimatedIn(const LaneReport& lane, std::string_view metric) const {
        return metric == "joules_per_token" && energyIsEstimated(lane);
    }

    PlotPoint pointOf(const LaneOfRun& at, const MetricSummary& result) const {
        const auto& s = result.summary;
        PlotPoint point;
        point.y = s.median / unit_.divisor;
        if (s.ci95)
            point.interval = Interval{s.ci95->low / unit_.divisor, s.ci95->high / unit_.divisor};
        point.estimated = estimatedIn(*at.lane, result.metric);
        point.runId = at.run->run.id;
        point.laneId = at.lane->lane.id;
        point.summary = result;
        point.tip = at.lane->lane.name + ", run " + std::to_string(at.run->run.id) + "\n" +
                    formatMetric(result.metric, s.median);
        if (s.ci95)
            point.tip += " (95 % interval " + formatMetric(result.metric, s.ci95->low) + " – " +
                         formatMetric(result.metric, s.ci95->high) + ")";
        point.tip += ", n = " + std::to_string(s.n) + "\n" + testName(result) + " · " +
                     at.lane->lane.kernelSpec + " · " + std::to_string(at.lane->lane.threads) + " threads";
        if (point.estimated)
            point.tip += "\nestimated, not measured";
        return point;
    }

    void addMarks() {
        double place = 0.0;
        for (const auto& at : lanes_)
            for (const auto& result : at.lane->results) {
                if (result.metric != question_.metric)
                    continue;
                auto point = pointOf(at, result);
                if (question_.kind == PlotKind::timeSeries) {
                    const auto seconds = secondsOf(at.run->run.startedAt);
                    if (!seconds)
                        continue;
                    point.x = *seconds;
                    point.tip += "\n" + at.run->run.startedAt;
                } else if (question_.kind == PlotKind::sweep) {
                    point.x = axisValue(question_.axis, *at.lane, result);
                } else {
                    point.x = place++;
                    point.label = barLabel(at, result);
                    if (question_.kind == PlotKind::box)
                        addBox(point, *at.lane, result);
                }
                seriesOf(at).points.push_back(std::move(point));
            }
        if (question_.kind == PlotKind::timeSeries) {
            data_.xIsTime = true;
            data_.title += " over time";
            data_.xLabel = "time of the run (UTC)";
        } else if (question_.kind == PlotKind::sweep) {
            data_.xLabel = axisLabel(question_.axis);
            data_.title += std::string(" by ") + axisLabel(question_.axis);
        }
    }

    /// What tells this bar from the others.
    std::string barLabel(const LaneOfRun& at, const MetricSummary& result) const {
        std::string label = at.lane->lane.name.empty() ? at.lane->lane.variant : at.lane->lane.name;
        std::set<std::string> tests;
        std::set<std::int64_t> runs;
        for (const auto& other : lanes_) {
            runs.insert(other.run->run.id);
            for (const auto& another : other.lane->results)
                if (another.metric == question_.metric)
                    tests.insert(testName(another));
        }
        if (tests.size() > 1)
            label += " " + testName(result);
        return runs.size() > 1 ? label + " #" + std::to_string(at.run->run.id) : label;
    }

    void addBox(PlotPoint& point, const LaneReport& lane, const MetricSummary& result) const {
        auto values = valuesOf(lane, result);
        if (values.empty())
            return;
        for (double& value : values)
            value /= unit_.divisor;
        point.box = boxSummary(values);
    }

    struct Partner {
        const MetricSummary* result = nullptr;
        std::int64_t runId = 0;  ///< where it was measured
    };

    /// The other metric of the same test; of the lane alone where that test has none (KL, memory); of the
    /// newest other lane with the same weights where it is a quality that this lane did not measure.
    Partner partner(const LaneOfRun& at, MetricSummary result, const std::string& metric) const {
        result.metric = metric;
        if (const auto* same = sameTest(*at.lane, result))
            return {same, at.run->run.id};
        if (const auto* own = summaryOf(*at.lane, metric))
            return {own, at.run->run.id};
        Partner newest;
        if (isQuality(metric))
            for (const auto& other : lanes_)
                if (other.run->run.id > newest.runId && sameWeights(other.lane->lane, at.lane->lane))
                    if (const auto* found = summaryOf(*other.lane, metric))
                        newest = {found, other.run->run.id};
        return newest;
    }

    /// "\nKL divergence 0.02 nats/token (run 7)".
    static std::string partnerTip(const LaneOfRun& at, const Partner& partner, const std::string& metric) {
        return "\n" + std::string(metricInfo(metric).label) + " " +
               formatMetric(metric, partner.result->summary.median) +
               (partner.runId == at.run->run.id ? "" : " (run " + std::to_string(partner.runId) + ")");
    }

    void addTrade() {
        const auto xUnit = unitFor(question_.against, largest(question_.against));
        const double mostSize = largest(question_.size);
        const auto other = metricInfo(question_.against);
        data_.title += " against " + std::string(other.label);
        data_.xLabel = labelled(question_.against, xUnit.unit) +
                       (other.higherIsBetter ? " (higher is better)" : " (lower is better)");
        for (const auto& at : lanes_)
            for (const auto& result : at.lane->results) {
                if (result.metric != question_.metric)
                    continue;
                const auto x = partner(at, result, question_.against);
                if (x.result == nullptr)
                    continue;
                auto point = pointOf(at, result);
                point.x = x.result->summary.median / xUnit.divisor;
                point.estimated = point.estimated || estimatedIn(*at.lane, question_.against);
                point.label = at.lane->lane.name;
                point.tip += partnerTip(at, x, question_.against);
                if (!question_.size.empty()) {
                    const auto size = partner(at, result, question_.size);
                    point.size = size.result != nullptr && mostSize > 0.0
                                     ? std::max(0.0, size.result->summary.median / mostSize)
                                     : 0.0;
                    if (size.result != nullptr)
                        point.tip += partnerTip(at, size, question_.size);
                }
                seriesOf(at).points.push_back(std::move(point));
            }
        markFront(other.higherIsBetter);
    }

    void markFront(bool rightIsBetter) {
        std::vector<PlotPoint*> all;
        for (auto& series : data_.series)
            for (auto& point : series.points)
                if (!point.estimated)
                    all.push_back(&point);
        const double sx = rightIsBetter ? 1.0 : -1.0;
        const double sy = data_.higherIsBetter ? 1.0 : -1.0;
        for (auto* point : all)
            point->onFront = std::none_of(all.begin(), all.end(), [&](const PlotPoint* other) {
                const double dx = sx * (other->x - point->x);
                const double dy = sy * (other->y - point->y);
                return dx >= 0.0 && dy >= 0.0 && (dx > 0.0 || dy > 0.0);
            });
    }

    void warnOfEnergy() {
        const bool shown = question_.metric == "joules_per_token" ||
                           (question_.kind == PlotKind::pareto && (question_.against == "joules_per_token" ||
                                                                   question_.size == "joules_per_token"));
        std::set<std::string> sources;
        for (const auto& at : lanes_)
            for (const auto& energy : at.lane->energy)
                if (energy.joules)
                    sources.insert(energy.source);
        if (!shown || sources.size() < 2)
            return;
        std::string list;
        for (const auto& source : sources)
            list += (list.empty() ? "" : ", ") + source;
        data_.warnings.push_back("Energy comes from different sources (" + list +
                                 "), which cannot be compared with each other");
    }

    const PlotQuestion& question_;
    const std::vector<LaneOfRun>& lanes_;
    ScaledUnit unit_;
    PlotData data_;
};

}  // namespace

std::vector<std::string> measuredMetrics(const std::vector<LaneOfRun>& lanes) {
    std::set<std::string> found;
    for (const auto& at : lanes)
        for (const auto& result : at.lane->results)
            found.insert(result.metric);
    std::vector<std::string> ordered;
    for (const auto& info : metricCatalog())
        if (found.erase(std::string(info.metric)) > 0)
            ordered.emplace_back(info.metric);
    ordered.insert(ordered.end(), found.begin(), found.end());
    return ordered;
}

PlotData makePlot(const PlotQuestion& question, const std::vector<LaneOfRun>& lanes) {
    return Plot(question, lanes).make();
}

}  // namespace engine
