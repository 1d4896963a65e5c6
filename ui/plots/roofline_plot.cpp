#include "ui/plots/roofline_plot.h"

#include <qcustomplot.h>

#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "engine/report/metric_catalog.h"
#include "ui/models/plain_tip.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr double kRoom = 1.6;        // factor of free space beyond the outermost point or line
constexpr double kPointSize = 9.0;   // pixels
constexpr double kReach = 11.0;      // pixels from a point at which the mouse means it
constexpr double kFaint = 0.30;      // opacity of variants that are not in use
constexpr double kLabelGap = 3.0;    // pixels between a line and its label
constexpr double kLabelStep = 12.0;  // pixels between the places tried along a line

QCPScatterStyle::ScatterShape shapeOf(const std::string& arithmetic) {
    if (arithmetic == "int8")
        return QCPScatterStyle::ssDisc;
    return arithmetic == "bf16" ? QCPScatterStyle::ssSquare : QCPScatterStyle::ssDiamond;
}

QCPScatterStyle markOf(const engine::KernelTiming& timing) {
    QColor color = arithmeticColor(timing.arithmetic);
    if (!timing.inUse)
        color.setAlphaF(static_cast<float>(kFaint));
    return {shapeOf(timing.arithmetic), QPen(color, 1.2), QBrush(color), kPointSize};
}

QString rate(double value) {
    return QString::fromStdString(engine::formatNumber(value));
}

}  // namespace

QColor arithmeticColor(const std::string& arithmetic) {
    const auto& variants = Theme::instance().tokens().variants;
    return arithmetic == "bf16" ? variants[0] : arithmetic == "int8" ? variants[2] : variants[3];
}

RooflinePlot::RooflinePlot(QWidget* parent) : QWidget(parent), plot_(new QCustomPlot) {
    setObjectName(QStringLiteral("rooflinePlot"));
    setAccessibleName(tr("Roofline"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(plot_);
    setMinimumHeight(180);
    plot_->setMouseTracking(true);
    plot_->setFocusPolicy(Qt::NoFocus);
    plot_->addLayer(QStringLiteral("labels"), plot_->layer(QStringLiteral("main")), QCustomPlot::limAbove);
    connect(plot_, &QCustomPlot::mouseMove, this, &RooflinePlot::showTip);
    connect(plot_, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        if (const int row = rowAt(event->position()); row >= 0)
            emit chosen(row);
    });
    connect(plot_, &QCustomPlot::afterLayout, this, &RooflinePlot::placeLabels);
    connect(&Theme::instance(), &Theme::changed, this, &RooflinePlot::rebuild);
}

RooflinePlot::~RooflinePlot() = default;

void RooflinePlot::setBenchmark(const engine::Roofline& roofline,
                                const std::vector<KernelTableModel::Row>& rows) {
    roofline_ = roofline;
    rows_ = rows;
    current_ = -1;
    rebuild();
    QStringList words;
    for (const auto& line : lines_)
        words << line.label;
    for (const auto& row : rows_)
        if (row.timing.inUse)
            words << QString::fromStdString(row.timing.op) + QLatin1Char(' ') + shareText(row.timing);
    setAccessibleDescription(words.join(QStringLiteral("; ")));
}

void RooflinePlot::setCurrent(int row) {
    if (row == current_)
        return;
    current_ = row;
    rebuild();
}

int RooflinePlot::pointCount() const {
    return static_cast<int>(rows_.size());
}

void RooflinePlot::rebuild() {
    plot_->clearPlottables();
    plot_->clearItems();
    lines_.clear();
    lineLabels_.clear();
    numberLabels_.clear();
    styleAxes();
    if (!(roofline_.readGbPerS > 0.0))
        return;
    const auto limit = [&](const std::string& type, const engine::Roofline::Peak& peak) {
        lines_.push_back(
            {tr("%1 peak %2 Gop/s · %3")
                 .arg(arithmeticName(type), rate(peak.gops), QString::fromStdString(peak.instructions)),
             arithmeticColor(type), peak.gops});
    };
    lines_.push_back(
        {tr("memory %1 GB/s").arg(rate(roofline_.readGbPerS)), Theme::instance().tokens().mute, 0.0});
    if (roofline_.int8)
        limit("int8", *roofline_.int8);
    if (roofline_.bf16)
        limit("bf16", *roofline_.bf16);
    limit("fp32", roofline_.fp32);
    std::sort(lines_.begin() + 1, lines_.end(), [](const Line& a, const Line& b) { return a.gops > b.gops; });
    setRanges();
    addLines();
    addPoints();
    addRing();
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void RooflinePlot::styleAxes() {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    plot_->setBackground(Qt::transparent);
    plot_->setStyleSheet(QStringLiteral("background: transparent;"));
    plot_->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    plot_->axisRect()->setMargins(QMargins(0, 6, 8, 0));
    for (auto* axis : {plot_->xAxis, plot_->yAxis}) {
        axis->setScaleType(QCPAxis::stLogarithmic);
        axis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
        axis->setNumberFormat(QStringLiteral("g"));
        axis->setNumberPrecision(4);
        axis->setBasePen(Qt::NoPen);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(tokens.mute);
        axis->setTickLabelFont(theme.bodyFont(10));
        axis->setLabelColor(tokens.mute);
        axis->setLabelFont(theme.bodyFont(11));
        axis->setLabelPadding(4);
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    plot_->xAxis->grid()->setVisible(false);
    plot_->yAxis->grid()->setPen(QPen(tokens.line, 1));
    plot_->xAxis->setLabel(tr("Operations per byte from memory"));
    plot_->yAxis->setLabel(tr("Gop/s"));
}

void RooflinePlot::setRanges() {
    // The corner where the highest peak meets memory is always in view.
    const double top = lines_[1].gops;
    double left = lines_.back().gops / roofline_.readGbPerS;
    double right = top / roofline_.readGbPerS;
    double bottom = lines_.back().gops;
    double highest = top;
    for (const auto& row : rows_) {
        left = std::min(left, row.timing.opsPerByte());
        right = std::max(right, row.timing.opsPerByte());
        bottom = std::min(bottom, row.timing.gops);
        highest = std::max(highest, row.timing.gops);
    }
    plot_->xAxis->setRange(left / kRoom, right * kRoom * kRoom);
    plot_->yAxis->setRange(bottom / kRoom, highest * kRoom * kRoom);
}

void RooflinePlot::addLines() {
    const double bandwidth = roofline_.readGbPerS;
    const auto xs = plot_->xAxis->range();
    for (const auto& line : lines_) {
        auto* graph = plot_->addGraph();
        const bool memory = line.gops == 0.0;
        const double from = memory ? xs.lower : line.gops / bandwidth;
        const double to = memory ? lines_[1].gops / bandwidth : xs.upper;
        graph->setData({from, to},
                       {memory ? from * bandwidth : line.gops, memory ? lines_[1].gops : line.gops});
        graph->setPen(QPen(line.color, 1.6));
        auto* text = new QCPItemText(plot_);
        text->setLayer(QStringLiteral("labels"));
        text->setText(line.label);
        text->setFont(Theme::instance().bodyFont(11));
        text->setColor(line.color);
        text->setPadding({});
        text->position->setType(QCPItemPosition::ptAbsolute);
        lineLabels_.push_back({text, {}});
    }
}

void RooflinePlot::addPoints() {
    for (const bool inUse : {false, true})  // those in use lie above the others
        for (const auto& row : rows_) {
            if (row.timing.inUse != inUse)
                continue;
            auto* graph = plot_->addGraph();
            graph->setLineStyle(QCPGraph::lsNone);
            graph->setScatterStyle(markOf(row.timing));
            graph->setData({row.timing.opsPerByte()}, {row.timing.gops});
            if (!inUse)
                continue;
            auto* text = new QCPItemText(plot_);
            text->setLayer(QStringLiteral("labels"));
            text->setText(QString::number(row.number));
            text->setFont(Theme::instance().bodyFont(10, QFont::DemiBold));
            text->setColor(Theme::instance().tokens().text);
            text->setPadding({});
            text->position->setType(QCPItemPosition::ptAbsolute);
            numberLabels_.push_back({text, {}});
        }
}

void RooflinePlot::addRing() {
    if (current_ < 0 || current_ >= static_cast<int>(rows_.size()))
        return;
    const auto& timing = rows_[static_cast<std::size_t>(current_)].timing;
    auto* ring = plot_->addGraph();
    ring->setLineStyle(QCPGraph::lsNone);
    ring->setScatterStyle({QCPScatterStyle::ssCircle, QPen(Theme::instance().tokens().accent, 2),
                           QBrush(Qt::NoBrush), kPointSize + 8.0});
    ring->setData({timing.opsPerByte()}, {timing.gops});
}

QPointF RooflinePlot::pixelOf(const engine::KernelTiming& timing) const {
    return {plot_->xAxis->coordToPixel(timing.opsPerByte()), plot_->yAxis->coordToPixel(timing.gops)};
}

void RooflinePlot::placeLabels() {
    for (auto* labels : {&lineLabels_, &numberLabels_})
        for (auto& label : *labels)
            label.box = {};
    if (lineLabels_.isEmpty())
        return;
    placeLineLabels();
    placeMemoryLabel(lineLabels_[0]);
    placeNumbers();
}

bool RooflinePlot::isFree(const QRectF& box, bool alsoPoints) const {
    if (!QRectF(plot_->axisRect()->rect()).contains(box))
        return false;
    for (const auto* labels : {&lineLabels_, &numberLabels_})
        for (const auto& label : *labels)
            if (label.box.intersects(box))
                return false;
    if (!alsoPoints)
        return true;
    constexpr double kHalf = kPointSize / 2 + 1;
    return std::none_of(rows_.begin(), rows_.end(), [&](const auto& row) {
        const QPointF at = pixelOf(row.timing);
        return row.timing.inUse &&
               box.intersects(QRectF(at.x() - kHalf, at.y() - kHalf, 2 * kHalf, 2 * kHalf));
    });
}

/// At the right end of its line and above it; below it or further left where a label, a line or a point in
/// use is.
void RooflinePlot::placeLineLabels() {
    const QRectF area = plot_->axisRect()->rect();
    for (int i = 1; i < lines_.size(); ++i) {
        auto& label = lineLabels_[i];
        const QFontMetricsF metrics(label.item->font());
        const QSizeF size(metrics.horizontalAdvance(lines_[i].label) + 2, metrics.height());
        const double y = plot_->yAxis->coordToPixel(lines_[i].gops);
        // A line may be shorter than its label.
        const double begin = std::min(plot_->xAxis->coordToPixel(lines_[i].gops / roofline_.readGbPerS),
                                      area.right() - size.width());
        const auto crossesALine = [&](const QRectF& at) {
            return std::any_of(lines_.begin() + 1, lines_.end(), [&](const Line& line) {
                const double level = plot_->yAxis->coordToPixel(line.gops);
                return at.top() < level && level < at.bottom();
            });
        };
        QRectF box;
        for (const bool strict : {true, false})
            for (double left = area.right() - size.width(); left >= begin; left -= kLabelStep)
                for (const double top : {y - kLabelGap - size.height(), y + kLabelGap}) {
                    const QRectF wanted({left, top}, size);
                    if (box.isNull() && isFree(wanted, strict) && !(strict && crossesALine(wanted)))
                        box = wanted;
                }
        label.box = box;
        label.item->setVisible(!box.isNull());
        label.item->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        label.item->position->setCoords(box.topLeft());
    }
}

/// Along its line, above it, at the first place from the left that is free.
void RooflinePlot::placeMemoryLabel(Label& label) {
    const auto xs = plot_->xAxis->range();
    const double endX = lines_[1].gops / roofline_.readGbPerS;
    const QPointF begin(plot_->xAxis->coordToPixel(xs.lower),
                        plot_->yAxis->coordToPixel(xs.lower * roofline_.readGbPerS));
    const QPointF end(plot_->xAxis->coordToPixel(endX), plot_->yAxis->coordToPixel(lines_[1].gops));
    const double length = std::hypot(end.x() - begin.x(), end.y() - begin.y());
    const QPointF along = (end - begin) / std::max(length, 1.0);
    const QPointF up(along.y(), -along.x());
    const QFontMetricsF metrics(label.item->font());
    const double width = metrics.horizontalAdvance(lines_[0].label);
    const double lift = kLabelGap + metrics.height() / 2;
    const auto boxAt = [&](double distance) {
        const QPointF centre = begin + along * distance + up * lift;
        const double halfWidth = (width * std::abs(along.x()) + metrics.height() * std::abs(along.y())) / 2;
        const double halfHeight = (width * std::abs(along.y()) + metrics.height() * std::abs(along.x())) / 2;
        return QRectF(centre.x() - halfWidth, centre.y() - halfHeight, 2 * halfWidth, 2 * halfHeight);
    };
    double chosen = length / 2;
    for (double distance = width / 2; distance < length - width / 2; distance += kLabelStep)
        if (isFree(boxAt(distance), true)) {
            chosen = distance;
            break;
        }
    label.box = boxAt(chosen);
    label.item->setPositionAlignment(Qt::AlignCenter);
    label.item->setRotation(std::atan2(along.y(), along.x()) * 180.0 / M_PI);
    label.item->position->setCoords(label.box.center());
}

/// Each at the nearest free place around its point; a number that finds none is left out, the tip has it.
void RooflinePlot::placeNumbers() {
    constexpr QPointF kDirections[] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}};
    int at = 0;
    for (const auto& row : rows_) {
        if (!row.timing.inUse)
            continue;
        auto& label = numberLabels_[at++];
        const QFontMetricsF metrics(label.item->font());
        const QSizeF size(metrics.horizontalAdvance(label.item->text()) + 2, metrics.ascent());
        const QPointF point = pixelOf(row.timing);
        for (const double distance : {2.0, 8.0, 14.0})
            for (const auto& direction : kDirections) {
                if (!label.box.isNull())
                    break;
                const double reach = kPointSize / 2 + distance;
                const QPointF centre = point + QPointF(direction.x() * (reach + size.width() / 2),
                                                       direction.y() * (reach + size.height() / 2));
                const QRectF box(centre.x() - size.width() / 2, centre.y() - size.height() / 2, size.width(),
                                 size.height());
                if (isFree(box, true))
                    label.box = box;
            }
        label.item->setVisible(!label.box.isNull());
        label.item->setPositionAlignment(Qt::AlignCenter);
        label.item->position->setCoords(label.box.center());
    }
}

int RooflinePlot::labelledLineCount() const {
    return static_cast<int>(std::count_if(lineLabels_.begin(), lineLabels_.end(),
                                          [](const Label& label) { return !label.box.isNull(); }));
}

bool RooflinePlot::labelsOverlap() const {
    QVector<QRectF> boxes;
    for (const auto* labels : {&lineLabels_, &numberLabels_})
        for (const auto& label : *labels) {
            if (label.box.isNull())
                continue;
            for (const auto& other : boxes)
                if (other.intersects(label.box))
                    return true;
            boxes.push_back(label.box);
        }
    return false;
}

int RooflinePlot::rowAt(const QPointF& at) const {
    int nearest = -1;
    double best = kReach;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        const QPointF away = pixelOf(rows_[row].timing) - at;
        const double distance = std::hypot(away.x(), away.y()) + (rows_[row].timing.inUse ? 0.0 : 2.0);
        if (distance < best) {
            best = distance;
            nearest = static_cast<int>(row);
        }
    }
    return nearest;
}

void RooflinePlot::showTip(QMouseEvent* event) {
    const int row = rowAt(event->position());
    if (row >= 0)
        QToolTip::showText(event->globalPosition().toPoint(),
                           plainTip(kernelTip(rows_[static_cast<std::size_t>(row)].timing)), plot_);
    else
        QToolTip::hideText();
}

}  // namespace ui
