#include "ui/plots/live_traces.h"

#include <qcustomplot.h>

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/report/metric_catalog.h"
#include "ui/theme.h"
#include "ui/widgets/card.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

enum { speedTrace, clockTrace, heatTrace, powerTrace, memoryTrace };

constexpr int kMostPoints = 600;  // ten minutes at one per second
constexpr int kPlotHeight = 34;
constexpr double kMebi = 1024.0 * 1024.0;

}  // namespace

LiveTraces::LiveTraces(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("liveTraces"));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    addTrace(QStringLiteral("trace_speed"), tr("Speed"), tr("tok/s"), 1.0);
    addTrace(QStringLiteral("trace_clock"), tr("CPU clock"), tr("GHz"), 1000.0);
    addTrace(QStringLiteral("trace_heat"), tr("Temperature"), tr("°C"), 1.0);
    addTrace(QStringLiteral("trace_power"), tr("Power"), tr("W"), 1.0);
    addTrace(QStringLiteral("trace_memory"), tr("Memory"), tr("MiB"), kMebi);
    connect(&Theme::instance(), &Theme::changed, this, &LiveTraces::restyle);
    restyle();
}

void LiveTraces::addTrace(const QString& objectName, const QString& title, const QString& unit,
                          double divisor) {
    auto* card = new Card;
    card->setObjectName(objectName);
    auto* name = new QLabel(title);
    setStyleProperty(name, "tone", "small");
    Trace trace{title, unit, divisor, new QLabel(QStringLiteral("–")), new QCustomPlot, {}, {}};
    trace.value->setTextFormat(Qt::PlainText);
    setStyleProperty(trace.value, "tone", "heading");
    trace.plot->setFixedHeight(kPlotHeight);
    trace.plot->setMinimumWidth(40);
    trace.plot->setFocusPolicy(Qt::NoFocus);
    trace.plot->addGraph();
    auto* head = new QHBoxLayout;
    head->addWidget(name);
    head->addStretch(1);
    head->addWidget(trace.value);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 6, 12, 6);
    column->setSpacing(2);
    column->addLayout(head);
    column->addWidget(trace.plot);
    static_cast<QHBoxLayout*>(layout())->addWidget(card, 1);
    traces_.push_back(trace);
}

void LiveTraces::clear() {
    now_ = 0.0;
    for (auto& trace : traces_) {
        trace.times.clear();
        trace.values.clear();
        draw(trace);
    }
}

void LiveTraces::addPoint(int at, std::optional<double> value) {
    if (!value)
        return;
    auto& trace = traces_[at];
    trace.times << now_;
    trace.values << *value / trace.divisor;
    if (trace.times.size() > kMostPoints) {
        trace.times.removeFirst();
        trace.values.removeFirst();
    }
    draw(trace);
}

void LiveTraces::addSample(const engine::LiveSample& sample) {
    now_ = sample.seconds;
    addPoint(clockTrace, sample.machine.mhz);
    addPoint(heatTrace, sample.machine.celsius);
    addPoint(powerTrace, sample.watts);
    addPoint(memoryTrace,
             sample.rssBytes ? std::optional(static_cast<double>(*sample.rssBytes)) : std::nullopt);
}

void LiveTraces::addSpeed(double tokensPerSecond) {
    addPoint(speedTrace, tokensPerSecond);
}

QString LiveTraces::valueText(int trace) const {
    return traces_[trace].value->text();
}

void LiveTraces::draw(Trace& trace) {
    trace.value->setText(
        trace.values.isEmpty()
            ? QStringLiteral("–")
            : QStringLiteral("%1 %2").arg(QString::fromStdString(engine::formatNumber(trace.values.back())),
                                          trace.unit));
    trace.value->setToolTip(trace.values.isEmpty() ? tr("Nothing tells it here, or nothing runs")
                                                   : QString());
    trace.plot->graph(0)->setData(trace.times, trace.values, true);
    if (!trace.values.isEmpty()) {
        const auto [low, high] = std::minmax_element(trace.values.begin(), trace.values.end());
        const double room = std::max(0.05 * std::abs(*high), (*high - *low) * 0.1) + 1e-9;
        trace.plot->xAxis->setRange(trace.times.front(), std::max(trace.times.front() + 10.0, now_));
        trace.plot->yAxis->setRange(*low - room, *high + room);
    }
    trace.plot->replot(QCustomPlot::rpQueuedReplot);
}

void LiveTraces::restyle() {
    const auto& tokens = Theme::instance().tokens();
    for (auto& trace : traces_) {
        trace.plot->setBackground(Qt::transparent);
        trace.plot->setStyleSheet(QStringLiteral("background: transparent;"));
        trace.plot->axisRect()->setAutoMargins(QCP::msNone);
        trace.plot->axisRect()->setMargins(QMargins(0, 2, 0, 2));
        for (auto* axis : {trace.plot->xAxis, trace.plot->yAxis})
            axis->setVisible(false);
        trace.plot->graph(0)->setPen(QPen(tokens.accent, 1.6));
        draw(trace);
    }
}

}  // namespace ui
