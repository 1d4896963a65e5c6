#include "ui/plots/results_plot.h"

#include <QKeyEvent>
#include <QSvgGenerator>
#include <QToolTip>
#include <QVBoxLayout>
#include <cmath>

#include "ui/models/plain_tip.h"
#include "ui/plots/plot_look.h"
#include "ui/plots/rounded_bars.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr double kBarWidth = 0.56;
constexpr double kReach = 16.0;  // pixels from the mouse to a mark
constexpr double kHeadRoom = 1.12;
constexpr double kLeastPoint = 7.0;
constexpr double kMostPoint = 26.0;

bool isByPlace(engine::PlotKind kind) {
    return kind == engine::PlotKind::bars || kind == engine::PlotKind::box;
}

}  // namespace

ResultsPlot::ResultsPlot(QWidget* parent) : QWidget(parent), plot_(new QCustomPlot(this)) {
    setObjectName(QStringLiteral("resultsPlot"));
    setFocusPolicy(Qt::StrongFocus);
    plot_->setFocusPolicy(Qt::NoFocus);
    plot_->setMouseTracking(true);
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(plot_);
    connect(plot_, &QCustomPlot::mouseMove, this, &ResultsPlot::showTip);
    connect(plot_, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        pressed_ = event->pos();
        setFocus(Qt::MouseFocusReason);
    });
    connect(plot_, &QCustomPlot::mouseRelease, this, [this](QMouseEvent* event) {
        if (event->button() == Qt::LeftButton && (event->pos() - pressed_).manhattanLength() < 4)
            choose(markAt(event->pos()));
    });
    connect(plot_, &QCustomPlot::mouseDoubleClick, this, [this](QMouseEvent* event) {
        if (markAt(event->pos()) < 0)
            showAll();
    });
    connect(&Theme::instance(), &Theme::changed, this, &ResultsPlot::rebuild);
    styleAxes();
}

ResultsPlot::~ResultsPlot() = default;

int ResultsPlot::plottableCount() const {
    return plot_->plottableCount();
}

void ResultsPlot::setData(engine::PlotKind kind, engine::PlotData plotted, bool logarithmic) {
    kind_ = kind;
    data_ = std::move(plotted);
    logarithmic_ = logarithmic;
    current_ = -1;
    marks_.clear();
    QStringList words;
    for (const auto& series : data_.series)
        for (const auto& point : series.points) {
            marks_.push_back(&point);
            if (words.size() < 20)
                words << QString::fromStdString(point.tip).replace(QLatin1Char('\n'), QLatin1String(", "));
        }
    setAccessibleName(QString::fromStdString(data_.title));
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    rebuild();
}

QColor ResultsPlot::colorOf(std::size_t series) const {
    const auto& theme = Theme::instance();
    QStringList variants;
    for (const auto& other : data_.series)
        variants << QString::fromStdString(other.variant);
    const auto& mine = variants[static_cast<qsizetype>(series)];
    if (!mine.isEmpty() && (isByPlace(kind_) || variants.count(mine) == 1))
        return theme.variantColor(mine);
    return theme.tokens().variants[series % theme.tokens().variants.size()];
}

void ResultsPlot::styleAxes() {
    applyPlotLook(plot_);
    plot_->xAxis->grid()->setVisible(kind_ == engine::PlotKind::pareto);
}

void ResultsPlot::rebuild() {
    plot_->clearPlottables();
    plot_->clearItems();
    plot_->legend->clearItems();
    styleAxes();
    const bool log = logarithmic_;
    plot_->yAxis->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    plot_->yAxis->setTicker(log ? QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog)
                                : QSharedPointer<QCPAxisTicker>::create());
    plot_->yAxis->setNumberFormat(QStringLiteral("gb"));
    plot_->yAxis->setNumberPrecision(4);
    plot_->xAxis->setLabel(QString::fromStdString(data_.xLabel));
    plot_->yAxis->setLabel(QString::fromStdString(data_.yLabel));
    plot_->xAxis->setTickLabelRotation(0);
    if (data_.xIsTime) {
        auto ticker = QSharedPointer<QCPAxisTickerDateTime>::create();
        ticker->setDateTimeSpec(Qt::UTC);
        ticker->setDateTimeFormat(QStringLiteral("d MMM\nHH:mm"));
        plot_->xAxis->setTicker(ticker);
    } else {
        plot_->xAxis->setTicker(QSharedPointer<QCPAxisTicker>::create());
    }
    plot_->setAutoAddPlottableToLegend(false);
    switch (kind_) {
        case engine::PlotKind::bars:
            addBars();
            break;
        case engine::PlotKind::box:
            addBoxes();
            break;
        case engine::PlotKind::timeSeries:
        case engine::PlotKind::sweep:
            addLines();
            break;
        case engine::PlotKind::pareto:
            addTrade();
            break;
    }
    plot_->legend->setVisible(!isByPlace(kind_) && data_.series.size() > 1);
    showAll();
}

void ResultsPlot::labelPlaces() {
    auto ticks = QSharedPointer<QCPAxisTickerText>::create();
    const QFontMetrics metrics(plot_->xAxis->tickLabelFont());
    constexpr std::size_t kMostLevel = 16;  // labels beside each other; more stand at an angle
    constexpr int kAngledRoom = 110;
    const bool angled = marks_.size() > kMostLevel;
    const int room = angled           ? kAngledRoom
                     : marks_.empty() ? 0
                                      : std::max(40, (width() - 80) / static_cast<int>(marks_.size()) - 6);
    for (const auto* point : marks_)
        ticks->addTick(point->x,
                       metrics.elidedText(QString::fromStdString(point->label), Qt::ElideMiddle, room));
    plot_->xAxis->setTicker(ticks);
    if (angled)
        plot_->xAxis->setTickLabelRotation(40);
}

void ResultsPlot::addBars() {
    labelPlaces();
    for (std::size_t s = 0; s < data_.series.size(); ++s)
        for (const auto& point : data_.series[s].points) {
            auto* bar = new RoundedBars(plot_->xAxis, plot_->yAxis);
            bar->setWidth(kBarWidth);
            bar->setPen(Qt::NoPen);
            bar->setBrush(point.estimated ? QBrush(colorOf(s), Qt::BDiagPattern) : QBrush(colorOf(s)));
            bar->setData({point.x}, {point.y});
            if (!point.interval)
                continue;
            auto* whisker = new QCPErrorBars(plot_->xAxis, plot_->yAxis);
            whisker->setDataPlottable(bar);
            whisker->setSymbolGap(0);
            whisker->setPen(QPen(Theme::instance().tokens().text, 1.2));
            whisker->setData({point.y - point.interval->low}, {point.interval->high - point.y});
        }
}

void ResultsPlot::addBoxes() {
    labelPlaces();
    for (std::size_t s = 0; s < data_.series.size(); ++s)
        for (const auto& point : data_.series[s].points) {
            if (!point.box)
                continue;
            const QColor color = colorOf(s);
            auto* box = new QCPStatisticalBox(plot_->xAxis, plot_->yAxis);
            QColor soft = color;
            soft.setAlphaF(0.28F);
            box->setWidth(0.42);
            box->setWhiskerWidth(0.18);
            box->setPen(QPen(color, 1.4));
            box->setBrush(point.estimated ? QBrush(color, Qt::BDiagPattern) : QBrush(soft));
            box->setMedianPen(QPen(Theme::instance().tokens().text, 2, Qt::SolidLine, Qt::FlatCap));
            box->setWhiskerPen(QPen(color, 1.2));
            box->setWhiskerBarPen(QPen(color, 1.2));
            box->setOutlierStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, color, Qt::NoBrush, 5));
            box->addData(point.x, point.box->low, point.box->q1, point.box->median, point.box->q3,
                         point.box->high,
                         QVector<double>(point.box->outliers.begin(), point.box->outliers.end()));
        }
}

void ResultsPlot::addLines() {
    for (std::size_t s = 0; s < data_.series.size(); ++s) {
        const auto& series = data_.series[s];
        const QColor color = colorOf(s);
        QVector<double> x;
        QVector<double> y;
        QVector<double> down;
        QVector<double> up;
        bool estimated = false;
        for (const auto& point : series.points) {
            x << point.x;
            y << point.y;
            down << (point.interval ? point.y - point.interval->low : 0.0);
            up << (point.interval ? point.interval->high - point.y : 0.0);
            estimated = estimated || point.estimated;
        }
        auto* graph = plot_->addGraph();
        graph->setName(QString::fromStdString(series.name));
        graph->setPen(QPen(color, 1.6, estimated ? Qt::DashLine : Qt::SolidLine));
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(color, 1.4),
                                               estimated ? QBrush(Qt::NoBrush) : QBrush(color), 6));
        graph->setData(x, y, true);
        graph->addToLegend();
        auto* whisker = new QCPErrorBars(plot_->xAxis, plot_->yAxis);
        whisker->setDataPlottable(graph);
        whisker->setSymbolGap(3);
        whisker->setWhiskerWidth(6);
        whisker->setPen(QPen(color, 1));
        whisker->setData(down, up);
    }
}

void ResultsPlot::addTrade() {
    addFront();
    for (std::size_t s = 0; s < data_.series.size(); ++s) {
        const QColor color = colorOf(s);
        bool named = false;
        for (const auto& point : data_.series[s].points) {
            QColor fill = color;
            fill.setAlphaF(0.75F);
            const double size =
                kLeastPoint + (kMostPoint - kLeastPoint) * std::sqrt(std::min(1.0, point.size));
            auto* graph = plot_->addGraph();
            graph->setName(QString::fromStdString(data_.series[s].name));
            graph->setLineStyle(QCPGraph::lsNone);
            graph->setScatterStyle(
                QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(color, 1.4),
                                point.estimated ? QBrush(color, Qt::BDiagPattern) : QBrush(fill), size));
            graph->setData({point.x}, {point.y});
            if (!named)
                graph->addToLegend();
            named = true;
        }
    }
}

/// What no measured point beats in both directions, joined by a dotted line.
void ResultsPlot::addFront() {
    QMap<double, double> front;
    for (const auto* point : marks_)
        if (point->onFront)
            front.insert(point->x, point->y);
    if (front.size() < 2)
        return;
    auto* line = plot_->addGraph();
    line->setName(tr("best trade-offs"));
    line->setPen(QPen(Theme::instance().tokens().mute, 1.2, Qt::DotLine));
    line->setData(QVector<double>(front.keyBegin(), front.keyEnd()),
                  QVector<double>(front.begin(), front.end()), true);
    line->addToLegend();
}

void ResultsPlot::showAll() {
    double least = 0.0;
    double most = 0.0;
    double left = 0.0;
    double right = 1.0;
    bool first = true;
    for (const auto* point : marks_) {
        double low = point->interval ? point->interval->low : point->y;
        double high = point->interval ? point->interval->high : point->y;
        if (point->box) {
            low = point->box->outliers.empty() ? point->box->low
                                               : std::min(point->box->low, point->box->outliers.front());
            high = point->box->outliers.empty() ? point->box->high
                                                : std::max(point->box->high, point->box->outliers.back());
        }
        least = first ? low : std::min(least, low);
        most = first ? high : std::max(most, high);
        left = first ? point->x : std::min(left, point->x);
        right = first ? point->x : std::max(right, point->x);
        first = false;
    }
    const double wide = right > left ? (right - left) * 0.06 : std::max(1.0, std::abs(left) * 0.1);
    if (isByPlace(kind_))
        plot_->xAxis->setRange(-0.6, std::max<double>(1.0, static_cast<double>(marks_.size())) - 0.4);
    else
        plot_->xAxis->setRange(left - wide, right + wide);
    if (logarithmic_)
        plot_->yAxis->setRange(least > 0.0 ? least / 1.6 : 1e-3, most > 0.0 ? most * 1.6 : 1.0);
    else if (kind_ == engine::PlotKind::box) {  // spread is what a box shows
        const double pad = most > least ? (most - least) * 0.12 : std::max(1e-9, std::abs(most) * 0.05);
        plot_->yAxis->setRange(least - pad, most + pad);
    } else
        plot_->yAxis->setRange(0.0, most > 0.0 ? most * kHeadRoom : 1.0);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

QPoint ResultsPlot::placeOf(int mark) const {
    const auto& point = *marks_[static_cast<std::size_t>(mark)];
    return {static_cast<int>(plot_->xAxis->coordToPixel(point.x)),
            static_cast<int>(plot_->yAxis->coordToPixel(point.y))};
}

int ResultsPlot::markAt(const QPointF& at) const {
    int nearest = -1;
    double best = kReach;
    for (std::size_t i = 0; i < marks_.size(); ++i) {
        const QPointF place(plot_->xAxis->coordToPixel(marks_[i]->x),
                            plot_->yAxis->coordToPixel(marks_[i]->y));
        if (isByPlace(kind_)) {
            const bool inside = std::abs(plot_->xAxis->pixelToCoord(at.x()) - marks_[i]->x) < kBarWidth / 2 &&
                                plot_->axisRect()->rect().contains(at.toPoint());
            if (inside)
                return static_cast<int>(i);
            continue;
        }
        const double distance = std::hypot(place.x() - at.x(), place.y() - at.y());
        if (distance < best) {
            best = distance;
            nearest = static_cast<int>(i);
        }
    }
    return nearest;
}

void ResultsPlot::showTip(QMouseEvent* event) {
    const int at = event->buttons() == Qt::NoButton ? markAt(event->position()) : -1;
    plot_->setCursor(at >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (at < 0) {
        QToolTip::hideText();
        return;
    }
    const auto text =
        QString::fromStdString(mark(at).tip) + QLatin1Char('\n') + tr("Click for the raw samples");
    QToolTip::showText(event->globalPosition().toPoint(), plainTip(text), plot_);
}

void ResultsPlot::setCurrent(int at) {
    current_ = at;
    plot_->clearItems();
    if (at >= 0 && at < pointCount()) {
        auto* ring = new QCPItemEllipse(plot_);
        const QPoint place = placeOf(at);
        ring->topLeft->setPixelPosition(place - QPoint(9, 9));
        ring->bottomRight->setPixelPosition(place + QPoint(9, 9));
        ring->setPen(QPen(Theme::instance().tokens().accent, 2));
        QToolTip::showText(plot_->mapToGlobal(place), plainTip(QString::fromStdString(mark(at).tip)), plot_);
    }
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void ResultsPlot::choose(int at) {
    if (at >= 0 && at < pointCount())
        emit samplesWanted(mark(at).laneId, mark(at).summary);
}

void ResultsPlot::keyPressEvent(QKeyEvent* event) {
    const int count = pointCount();
    const auto zoom = [this](double factor) {
        for (auto* axis : {plot_->xAxis, plot_->yAxis})
            axis->scaleRange(factor, axis->range().center());
        plot_->replot(QCustomPlot::rpQueuedReplot);
    };
    switch (event->key()) {
        case Qt::Key_Right:
            setCurrent(count > 0 ? (current_ + 1) % count : -1);
            break;
        case Qt::Key_Left:
            setCurrent(count > 0 ? (std::max(current_, 0) + count - 1) % count : -1);
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            choose(current_);
            break;
        case Qt::Key_Plus:
            zoom(0.8);
            break;
        case Qt::Key_Minus:
            zoom(1.25);
            break;
        case Qt::Key_Home:
            showAll();
            break;
        default:
            QWidget::keyPressEvent(event);
    }
}

void ResultsPlot::focusInEvent(QFocusEvent* event) {
    plot_->setStyleSheet(QStringLiteral("border: 2px solid %1; border-radius: 6px;")
                             .arg(Theme::instance().tokens().accent.name()));
    QWidget::focusInEvent(event);
}

void ResultsPlot::focusOutEvent(QFocusEvent* event) {
    plot_->setStyleSheet(QString());
    QWidget::focusOutEvent(event);
}

bool ResultsPlot::saveTo(const QString& file) {
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly))  // savePdf() would warn on the console
        return false;
    if (file.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive))
        return plot_->savePdf(file, 0, 0, QCP::epNoCosmetic, QStringLiteral("Anven Workbench"),
                              QString::fromStdString(data_.title));
    if (!file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive))
        return plot_->savePng(file, 0, 0, 2.0);
    QSvgGenerator generator;
    generator.setOutputDevice(&out);
    generator.setSize(plot_->size());
    generator.setViewBox(plot_->rect());
    generator.setTitle(QString::fromStdString(data_.title));
    QCPPainter painter;
    if (!painter.begin(&generator))
        return false;
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    plot_->toPainter(&painter, plot_->width(), plot_->height());
    return painter.end();
}

}  // namespace ui
