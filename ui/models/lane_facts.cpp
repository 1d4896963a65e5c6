#include "ui/models/lane_facts.h"

#include <QCoreApplication>
#include <QStringList>

#include "engine/report/metric_catalog.h"

namespace ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ui", text);
}

QString fromView(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString row(const QString& label, const std::string& value) {
    return value.empty() ? QString()
                         : QStringLiteral("- **%1**  %2\n").arg(label, QString::fromStdString(value));
}

QString metricRow(const engine::MetricSummary& metric) {
    const auto& s = metric.summary;
    const auto format = [&](double value) {
        return QString::fromStdString(engine::formatMetric(metric.metric, value));
    };
    QString text = QStringLiteral("- **%1**  %2")
                       .arg(fromView(engine::metricInfo(metric.metric).label), format(s.median));
    if (s.ci95)
        text += QStringLiteral(" (%1 – %2)").arg(format(s.ci95->low), format(s.ci95->high));
    text += QStringLiteral(", n = %1").arg(s.n);
    if (metric.test == "prefill" || metric.test == "decode")
        text += tr(", %1 %2 at depth %3")
                    .arg(QString::fromStdString(metric.test))
                    .arg(metric.prompt + metric.generate)
                    .arg(metric.depth);
    return text + QLatin1Char('\n');
}

}  // namespace

QString laneFacts(const engine::RunReport& run, const engine::LaneReport& report) {
    const auto& lane = report.lane;
    QString text =
        row(tr("Model"), lane.modelName.empty() ? lane.modelPath : lane.modelName + " · " + lane.modelPath);
    text += row(tr("Prompt"), run.run.prompt);
    text += row(tr("Kernels asked for"), lane.kernelSpec);
    text += row(tr("Threads"), lane.threads > 0 ? std::to_string(lane.threads) : std::string());
    text += row(tr("KV cache"), lane.kv);
    text += row(tr("Started"), run.run.startedAt);
    text += row(tr("Status"), lane.status + (lane.finishReason.empty() ? "" : ", " + lane.finishReason));
    text += row(tr("Seed"), std::to_string(run.run.seed));
    text += row(tr("Build"), run.run.build);
    if (!report.energy.empty()) {
        const auto& energy = report.energy.front();
        text += row(tr("Energy source"),
                    energy.joules ? energy.source + ", " + energy.provenance : "none: " + energy.reason);
    }
    for (const auto& metric : report.results)
        text += metricRow(metric);
    return text;
}

}  // namespace ui
