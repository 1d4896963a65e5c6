#include "ui/plots/metric_bars.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolTip>
#include <QVBoxLayout>

#include "ui/plots/rounded_bars.h"
#include "ui/theme.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr double kBarWidth = 0.52;
constexpr double kHeadRoom = 1.18;  // above the tallest whisker

}  // namespace

MetricBars::MetricBars(const QString& objectName, QWidget* parent)
    : Card(parent), title_(new QLabel), note_(new QLabel), reason_(new QLabel), plot_(new QCustomPlot) {
    setObjectName(objectName);
    setStyleProperty(title_, "tone", "heading");
    setStyleProperty(note_, "tone", "small");
    setStyleProperty(reason_, "tone", "small");
    reason_->setWordWrap(true);
    reason_->setAlignment(Qt::AlignCenter);
    auto* head = new QHBoxLayout;
    head->addWidget(title_);
    head->addStretch(1);
    head->addWidget(note_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 10, 12, 8);
    column->setSpacing(4);
    column->addLayout(head);
    column->addWidget(plot_, 1);
    column->addWidget(reason_, 1);
    setMinimumHeight(150);
    plot_->setMouseTracking(true);
    plot_->setFocusPolicy(Qt::NoFocus);
    connect(plot_, &QCustomPlot::mouseMove, this, &MetricBars::showTip);
    connect(&Theme::instance(), &Theme::changed, this, &MetricBars::rebuild);
    rebuild();
}

MetricBars::~MetricBars() = default;

void MetricBars::setBars(const QString& title, const QString& note, const QVector<BarValue>& bars,
                         const QString& reason) {
    title_->setText(title);
    note_->setText(note);
    reason_->setText(reason);
    bars_ = bars;
    QStringList words;
    for (const auto& bar : bars)
        words << bar.tip;
    setAccessibleName(title);
    setAccessibleDescription(words.isEmpty() ? reason : words.join(QStringLiteral("; ")));
    rebuild();
}

int MetricBars::errorBarCount() const {
    int count = 0;
    for (int i = 0; i < plot_->plottableCount(); ++i)
        count += qobject_cast<QCPErrorBars*>(plot_->plottable(i)) != nullptr ? 1 : 0;
    return count;
}

void MetricBars::styleAxes() {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    plot_->setBackground(Qt::transparent);
    plot_->setStyleSheet(QStringLiteral("background: transparent;"));
    plot_->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    plot_->axisRect()->setMargins(QMargins(0, 4, 4, 0));
    for (auto* axis : {plot_->xAxis, plot_->yAxis}) {
        axis->setBasePen(Qt::NoPen);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(tokens.mute);
        axis->setTickLabelFont(theme.bodyFont(10));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    plot_->xAxis->grid()->setVisible(false);
    plot_->yAxis->grid()->setPen(QPen(tokens.line, 1));
    plot_->xAxis->setTickLabelPadding(6);
}

void MetricBars::addBar(int at) {
    const auto& bar = bars_[at];
    auto* plotted = new RoundedBars(plot_->xAxis, plot_->yAxis);
    plotted->setWidth(kBarWidth);
    plotted->setPen(Qt::NoPen);
    plotted->setBrush(bar.estimated ? QBrush(bar.color, Qt::BDiagPattern) : QBrush(bar.color));
    plotted->setData({static_cast<double>(at)}, {bar.value});
    if (!bar.low || !bar.high)
        return;
    auto* whisker = new QCPErrorBars(plot_->xAxis, plot_->yAxis);
    whisker->setDataPlottable(plotted);
    whisker->setErrorType(QCPErrorBars::etValueError);
    whisker->setWhiskerWidth(9);
    whisker->setSymbolGap(0);
    whisker->setPen(QPen(Theme::instance().tokens().text, 1.2));
    whisker->setData({bar.value - *bar.low}, {*bar.high - bar.value});
}

void MetricBars::rebuild() {
    plot_->clearPlottables();
    styleAxes();
    auto ticks = QSharedPointer<QCPAxisTickerText>::create();
    double top = 0.0;
    // Names are cut where bars stand close and left out where they would touch; the tip has them whole.
    constexpr int kLeastRoom = 28;
    constexpr int kGap = 6;
    const int room = bars_.isEmpty() ? 0 : (width() - 60) / static_cast<int>(bars_.size()) - kGap;
    const QFontMetrics metrics(plot_->xAxis->tickLabelFont());
    for (int i = 0; i < bars_.size(); ++i) {
        addBar(i);
        ticks->addTick(
            i, room < kLeastRoom ? QString() : metrics.elidedText(bars_[i].label, Qt::ElideRight, room));
        top = std::max({top, bars_[i].value, bars_[i].high.value_or(0.0)});
    }
    plot_->xAxis->setTicker(ticks);
    auto values = QSharedPointer<QCPAxisTicker>::create();
    values->setTickCount(4);
    plot_->yAxis->setTicker(values);
    plot_->xAxis->setRange(-0.6, std::max(1, static_cast<int>(bars_.size())) - 0.4);
    plot_->yAxis->setRange(0.0, top > 0.0 ? top * kHeadRoom : 1.0);
    plot_->setVisible(!bars_.isEmpty());
    reason_->setVisible(bars_.isEmpty());
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void MetricBars::resizeEvent(QResizeEvent* event) {
    Card::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        rebuild();
}

void MetricBars::showTip(QMouseEvent* event) {
    const int at = static_cast<int>(std::lround(plot_->xAxis->pixelToCoord(event->pos().x())));
    if (at >= 0 && at < bars_.size())
        QToolTip::showText(event->globalPosition().toPoint(), bars_[at].tip, plot_);
    else
        QToolTip::hideText();
}

}  // namespace ui
