#include "ui/widgets/histogram_view.h"

#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "engine/report/metric_catalog.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr double kAxis = 18.0;

QString number(double value) {
    return value == 0.0 ? QStringLiteral("0") : QString::fromStdString(engine::formatNumber(value));
}

}  // namespace

HistogramView::HistogramView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("tensorHistogram"));
    setAccessibleName(tr("Histogram of the tensor's values"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void HistogramView::setHistogram(std::optional<engine::TensorHistogram> histogram) {
    histogram_ = std::move(histogram);
    update();
}

QRectF HistogramView::plotArea() const {
    return QRectF(rect()).adjusted(0, 2, 0, -kAxis);
}

void HistogramView::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    QPainter painter(this);
    painter.setFont(theme.bodyFont(11));
    const QRectF area = plotArea();
    painter.setPen(tokens.line);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    if (!histogram_ || histogram_->counts.empty())
        return;
    const auto most =
        std::max<std::int64_t>(1, *std::max_element(histogram_->counts.begin(), histogram_->counts.end()));
    const double width = area.width() / static_cast<double>(histogram_->counts.size());
    const double gap = width > 3.0 ? 1.0 : 0.0;
    for (std::size_t bin = 0; bin < histogram_->counts.size(); ++bin) {
        if (histogram_->counts[bin] == 0)
            continue;
        const double height = std::max(
            1.0, area.height() * static_cast<double>(histogram_->counts[bin]) / static_cast<double>(most));
        painter.fillRect(QRectF(area.left() + width * static_cast<double>(bin), area.bottom() - height,
                                width - gap, height),
                         tokens.accent);
    }
    painter.setPen(tokens.mute);
    const QRectF axis(0, area.bottom() + 2, area.width(), kAxis - 2);
    painter.drawText(axis, Qt::AlignLeft | Qt::AlignVCenter, number(histogram_->low));
    painter.drawText(axis, Qt::AlignRight | Qt::AlignVCenter, number(histogram_->high));
    if (histogram_->low < 0.0 && histogram_->high > 0.0) {
        const double zero = area.width() * -histogram_->low / (histogram_->high - histogram_->low);
        if (zero > 60 && zero < area.width() - 60)
            painter.drawText(QRectF(zero - 20, axis.top(), 40, axis.height()), Qt::AlignCenter,
                             QStringLiteral("0"));
    }
}

bool HistogramView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || !histogram_ || histogram_->counts.empty())
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto bins = static_cast<int>(histogram_->counts.size());
    const int bin = std::clamp(static_cast<int>(help->pos().x() * bins / std::max(1, width())), 0, bins - 1);
    const double from = histogram_->low + bin * histogram_->binWidth();
    QToolTip::showText(
        help->globalPos(),
        tr("%1 to %2: %3 values")
            .arg(number(from), number(from + histogram_->binWidth()),
                 QLocale().toString(qlonglong{histogram_->counts[static_cast<std::size_t>(bin)]})),
        this);
    return true;
}

}  // namespace ui
