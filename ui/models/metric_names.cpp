#include "ui/models/metric_names.h"

#include <QCoreApplication>

#include "engine/report/metric_catalog.h"

namespace ui {
namespace {

// The engine's words for the metrics that pages name, so that lupdate finds them.
[[maybe_unused]] constexpr const char* kNames[] = {
    QT_TRANSLATE_NOOP("ui::MetricNames", "Time to first token"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Prefill speed"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Prefill"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Decode speed"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Decode"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Peak memory"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Memory"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Energy per token"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Energy"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Time per output token"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Inter-token latency"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Weights"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "KV cache"),
    QT_TRANSLATE_NOOP("ui::MetricNames", "Load time"),
};

QString translated(std::string_view text) {
    const QByteArray source(text.data(), static_cast<qsizetype>(text.size()));
    return QCoreApplication::translate("ui::MetricNames", source.constData());
}

}  // namespace

QString metricName(std::string_view metric) {
    return translated(engine::metricInfo(metric).label);
}

QString shortMetricName(std::string_view metric) {
    return translated(engine::metricInfo(metric).shortLabel);
}

}  // namespace ui
