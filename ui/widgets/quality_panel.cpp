#include "ui/widgets/quality_panel.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>
#include <cmath>

#include "engine/report/metric_catalog.h"
#include "ui/models/layer_error_model.h"
#include "ui/models/model_texts.h"
#include "ui/widgets/metric_tile.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kRowHeight = 24;
constexpr int kLeastCell = 34;
constexpr int kTilesWidth = 300;

void showNumber(MetricTile* tile, double value, const QString& unit, const QString& words,
                const QString& tip) {
    tile->setValue(QString::fromStdString(engine::formatNumber(value)), unit, words, engine::Verdict::none,
                   tip);
}

QString intervalText(const std::optional<engine::Interval>& interval) {
    return interval ? QObject::tr("95 % interval %1 – %2")
                          .arg(QString::fromStdString(engine::formatNumber(interval->low)),
                               QString::fromStdString(engine::formatNumber(interval->high)))
                    : QString();
}

}  // namespace

QualityPanel::QualityPanel(QWidget* parent) : QWidget(parent) {
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(16);
    line->addWidget(buildTiles());
    line->addWidget(buildLayers(), 1);
}

QWidget* QualityPanel::buildTiles() {
    perplexity_ = new MetricTile(tr("Perplexity"), QStringLiteral("qualityPerplexity"));
    divergence_ = new MetricTile(tr("KL to the source"), QStringLiteral("qualityDivergence"));
    agreement_ = new MetricTile(tr("Same top token"), QStringLiteral("qualityAgreement"));
    size_ = new MetricTile(tr("Weights"), QStringLiteral("qualitySize"));
    note_ = new QLabel;
    note_->setObjectName(QStringLiteral("qualityNote"));
    note_->setTextFormat(Qt::PlainText);
    note_->setWordWrap(true);
    setStyleProperty(note_, "tone", "small");
    auto* tiles = new QWidget;
    tiles->setFixedWidth(kTilesWidth);
    auto* grid = new QGridLayout(tiles);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(0);
    grid->addWidget(perplexity_, 0, 0);
    grid->addWidget(divergence_, 0, 1);
    grid->addWidget(agreement_, 1, 0);
    grid->addWidget(size_, 1, 1);
    grid->addWidget(note_, 2, 0, 1, 2);
    grid->setRowStretch(3, 1);
    return tiles;
}

QWidget* QualityPanel::buildLayers() {
    heading_ = new QLabel;
    heading_->setObjectName(QStringLiteral("layerErrorHeading"));
    setStyleProperty(heading_, "tone", "small");
    errors_ = new LayerErrorModel(this);
    layers_ = new QTableView;
    layers_->setObjectName(QStringLiteral("layerErrors"));
    layers_->setAccessibleName(tr("Error of every linear, by layer"));
    layers_->setModel(errors_);
    layers_->setShowGrid(false);
    layers_->setTabKeyNavigation(false);
    layers_->setSelectionMode(QAbstractItemView::NoSelection);
    layers_->verticalHeader()->setDefaultSectionSize(kRowHeight);
    layers_->horizontalHeader()->setMinimumSectionSize(kLeastCell);
    layers_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    layers_->horizontalHeader()->setHighlightSections(false);
    layers_->verticalHeader()->setHighlightSections(false);
    auto* side = new QWidget;
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(heading_);
    column->addWidget(layers_, 1);
    return side;
}

void QualityPanel::show(const engine::QuantizeReport& report) {
    for (auto* tile : {perplexity_, divergence_, agreement_})
        tile->clear();
    if (report.quality)
        showQuality(*report.quality);
    const QString share = report.sourceBytes > 0 ? tr("%1 % of %2")
                                                       .arg(100.0 * static_cast<double>(report.weightsBytes) /
                                                                static_cast<double>(report.sourceBytes),
                                                            0, 'f', 0)
                                                       .arg(bytesText(report.sourceBytes))
                                                 : QString();
    const QStringList size = bytesText(report.weightsBytes).split(QLatin1Char(' '));
    size_->setValue(size.value(0), size.value(1), share, engine::Verdict::none,
                    bytesText(report.weightsBytes));
    note_->setText((!report.quality ? tr("Not compared with the source: it has no tokenizer.")
                    : report.heldOut
                        ? tr("Measured on a text that the method has not seen.")
                        : tr("Measured on the text that calibrated it: held-out figures may be worse.")) +
                   QLatin1Char(' ') +
                   tr("Made by %1 in %2 s, at most %3 of memory.")
                       .arg(QString::fromStdString(report.policy))
                       .arg(report.seconds, 0, 'f', report.seconds < 10 ? 1 : 0)
                       .arg(bytesText(report.peakRssBytes)));
    errors_->setLayers(report.layers);
    heading_->setText(errors_->ofOutputs() ? tr("Error of the outputs by layer, %")
                                           : tr("Error of the weights by layer, %"));
}

void QualityPanel::showQuality(const engine::EvaluationResult& quality) {
    const QString source = quality.lnPerplexityRatio
                               ? tr("source %1")
                                     .arg(QString::fromStdString(engine::formatNumber(
                                         quality.perplexity / std::exp(*quality.lnPerplexityRatio))))
                               : QString();
    showNumber(perplexity_, quality.perplexity, {}, source, intervalText(quality.ci95));
    if (quality.klMean)
        showNumber(divergence_, *quality.klMean, tr("nats"),
                   quality.klP99
                       ? tr("p99 %1").arg(QString::fromStdString(engine::formatNumber(*quality.klP99)))
                       : QString(),
                   intervalText(quality.klCi95));
    if (quality.top1Agreement)
        showNumber(agreement_, 100.0 * *quality.top1Agreement, QStringLiteral("%"),
                   tr("%n token(s)", nullptr, static_cast<int>(quality.tokens)), {});
}

}  // namespace ui
