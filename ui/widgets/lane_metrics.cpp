#include "ui/widgets/lane_metrics.h"

#include <QGridLayout>
#include <QPainter>

#include "engine/report/metric_catalog.h"
#include "ui/models/metric_names.h"
#include "ui/theme.h"
#include "ui/widgets/metric_tile.h"

namespace ui {
namespace {

constexpr int kColumns = 3;
constexpr int kRows = 2;

QString fromView(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

MetricTile* makeTile(const char* metric, const char* name, int row) {
    return new MetricTile(shortMetricName(metric),
                          QStringLiteral("lane%1.%2").arg(row).arg(QLatin1String(name)));
}

}  // namespace

LaneMetrics::LaneMetrics(int row, QWidget* parent)
    : QFrame(parent),
      ttft_(makeTile("ttft_ms", "ttft", row)),
      prefill_(makeTile("prefill_tokens_per_s", "prefill", row)),
      decode_(makeTile("decode_tokens_per_s", "decode", row)),
      memory_(new MetricTile(tr("Peak memory"), QStringLiteral("lane%1.memory").arg(row))),
      energy_(makeTile("joules_per_token", "energy", row)),
      agreement_(new MetricTile(tr("Agreement"), QStringLiteral("lane%1.agreement").arg(row))) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(1, 1, 1, 1);
    grid->setSpacing(0);
    MetricTile* const tiles[] = {ttft_, prefill_, decode_, memory_, energy_, agreement_};
    for (int i = 0; i < kColumns * kRows; ++i)
        grid->addWidget(tiles[i], i / kColumns, i % kColumns);
    for (int column = 0; column < kColumns; ++column)
        grid->setColumnStretch(column, 1);
}

void LaneMetrics::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(Theme::instance().tokens().line);
    for (int row = 0; row <= kRows; ++row)
        painter.drawLine(0, row * (height() - 1) / kRows, width(), row * (height() - 1) / kRows);
    for (int column = 1; column < kColumns; ++column)
        painter.drawLine(column * width() / kColumns, 0, column * width() / kColumns, height());
}

void LaneMetrics::showNumber(MetricTile* tile, const char* metric, std::optional<double> value,
                             std::optional<double> reference, bool isReference) {
    if (!value) {
        tile->clear();
        tile->setToolTip(tr("Not defined for so few tokens"));
        return;
    }
    const auto unit = engine::unitFor(metric, *value);
    const bool disturbed = unfair_ && std::string_view(metric) != "peak_rss_bytes";
    const auto difference =
        disturbed                   ? engine::Difference{engine::Verdict::none, tr("not fair").toStdString()}
        : isReference || !reference ? engine::Difference{engine::Verdict::none, isReference ? "baseline" : ""}
                                    : engine::compareValues(metric, *value, *reference);
    const auto info = engine::metricInfo(metric);
    const QString tip =
        tr("%1: %2\nn = 1 answer; %3 is better")
            .arg(metricName(metric), QString::fromStdString(engine::formatMetric(metric, *value)),
                 info.higherIsBetter ? tr("higher") : tr("lower"));
    tile->setValue(QString::fromStdString(engine::formatNumber(*value / unit.divisor)),
                   QString::fromStdString(unit.unit), QString::fromStdString(difference.words),
                   difference.verdict, tip);
}

void LaneMetrics::showEnergy(const engine::EnergyResult& energy, const Lane& reference, bool isReference) {
    const QString source = QString::fromStdString(energy.source);
    if (!energy.joulesPerToken) {
        energy_->setValue(QStringLiteral("–"), {}, QString::fromStdString(energy.reason),
                          engine::Verdict::none,
                          tr("No energy value: %1").arg(QString::fromStdString(energy.reason)));
        return;
    }
    const auto base = reference.record ? reference.record->metrics.energy.joulesPerToken : std::nullopt;
    showNumber(energy_, "joules_per_token", energy.joulesPerToken, base, isReference);
    if (isReference || energy.provenance != engine::Provenance::measured)
        energy_->setValue(QString::fromStdString(engine::formatNumber(*energy.joulesPerToken)), tr("J/tok"),
                          fromView(engine::name(energy.provenance)), engine::Verdict::none, {});
    if (unfair_)
        energy_->setValue(QString::fromStdString(engine::formatNumber(*energy.joulesPerToken)), tr("J/tok"),
                          tr("not fair"), engine::Verdict::none, {});
    energy_->setToolTip(tr("%1, %2").arg(source, fromView(engine::name(energy.provenance))));
}

void LaneMetrics::showAgreement(const Lane& lane, bool isReference) {
    if (isReference) {
        agreement_->setValue(tr("Reference"), {}, tr("for the others"), engine::Verdict::none,
                             tr("The other lanes are scored on this lane's tokens"));
        return;
    }
    if (!lane.agreement) {
        agreement_->clear();
        return;
    }
    const auto& a = *lane.agreement;
    const auto unit = engine::unitFor("top1", a.top1);
    agreement_->setValue(
        QString::fromStdString(engine::formatNumber(a.top1 / unit.divisor)),
        QString::fromStdString(unit.unit),
        a.firstDivergence ? tr("differs from token %1").arg(*a.firstDivergence + 1) : tr("same answer"),
        engine::Verdict::none,
        tr("Share of positions where this lane's most likely token is the reference's, on the reference's "
           "own "
           "tokens\nKL(reference ‖ lane) = %1 nats per token")
            .arg(QString::fromStdString(engine::formatNumber(a.klMean))));
}

void LaneMetrics::show(const Lane& lane, const Lane& reference, bool isReference, bool unfair) {
    unfair_ = unfair;
    for (auto* tile : {ttft_, prefill_, decode_, memory_, energy_})
        tile->clear();
    showAgreement(lane, isReference);
    if (!lane.record)
        return;
    const auto& m = lane.record->metrics;
    const auto base = reference.record ? reference.record->metrics : engine::GenerationMetrics{};
    const auto bytes = [](std::int64_t n) {
        return n > 0 ? std::optional<double>(static_cast<double>(n)) : std::nullopt;
    };
    showNumber(ttft_, "ttft_ms", m.ttftMs, base.ttftMs, isReference);
    showNumber(prefill_, "prefill_tokens_per_s", m.prefillTokensPerSecond, base.prefillTokensPerSecond,
               isReference);
    showNumber(decode_, "decode_tokens_per_s", m.decodeTokensPerSecond, base.decodeTokensPerSecond,
               isReference);
    showNumber(memory_, "peak_rss_bytes", bytes(m.peakRssBytes), bytes(base.peakRssBytes), isReference);
    showEnergy(m.energy, reference, isReference);
}

}  // namespace ui
