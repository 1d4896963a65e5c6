#include "ui/widgets/fit_bar.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "ui/models/model_texts.h"
#include "ui/models/plain_tip.h"
#include "ui/theme.h"

namespace ui {
namespace {

constexpr double kBar = 14.0;
constexpr double kLine = 19.0;
constexpr int kColumns = 2;

}  // namespace

FitBar::FitBar(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("fitBar"));
    setAccessibleName(tr("Estimated memory"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void FitBar::setFit(const std::optional<engine::MemoryFit>& fit) {
    fit_ = fit;
    updateGeometry();
    const QString text = fit ? fitTip(*fit) : QString();
    setToolTip(plainTip(text));
    setAccessibleDescription(text);
    update();
}

void FitBar::paintEvent(QPaintEvent*) {
    if (!fit_)
        return;
    const auto& theme = Theme::instance();
    const auto& tokens = theme.tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QVector<std::pair<QString, std::int64_t>> items{{tr("Weights"), fit_->weights},
                                                    {tr("KV cache"), fit_->kvCache},
                                                    {tr("Activations"), fit_->activations},
                                                    {tr("Process, tokenizer"), fit_->application}};
    if (fit_->images > 0)
        items.push_back({tr("One picture"), fit_->images});
    const double whole = static_cast<double>(std::max(fit_->total(), fit_->available.value_or(0)));
    const QRectF bar(0, 2, width(), kBar);
    QPainterPath shape;
    shape.addRoundedRect(bar, 4, 4);
    painter.fillPath(shape, tokens.line);
    painter.setClipPath(shape);
    double x = 0.0;
    for (int i = 0; i < items.size(); ++i) {
        const double wide = bar.width() * static_cast<double>(items[i].second) / std::max(1.0, whole);
        painter.fillRect(QRectF(x, bar.top(), wide, kBar), tokens.variants[static_cast<std::size_t>(i)]);
        x += wide;
    }
    if (fit_->available && fit_->total() > *fit_->available) {  // where the memory ends
        const double end = bar.width() * static_cast<double>(*fit_->available) / whole;
        painter.fillRect(QRectF(end - 1, bar.top(), 2, kBar), tokens.text);
    }
    painter.setClipping(false);
    painter.setFont(theme.bodyFont(11));
    for (int i = 0; i < items.size(); ++i) {
        const double left = width() / static_cast<double>(kColumns) * (i % kColumns);
        const double top = bar.bottom() + 8 + kLine * (i / kColumns);
        painter.setPen(Qt::NoPen);
        painter.setBrush(tokens.variants[static_cast<std::size_t>(i)]);
        painter.drawRoundedRect(QRectF(left, top + 5, 8, 8), 2, 2);
        painter.setPen(tokens.mute);
        painter.drawText(QRectF(left + 14, top, width() / 2.0 - 14, kLine), Qt::AlignVCenter, items[i].first);
        painter.setPen(tokens.text);
        painter.drawText(QRectF(left + 130, top, width() / 2.0 - 130, kLine), Qt::AlignVCenter,
                         bytesText(items[i].second));
    }
    const bool good = fit_->verdict() == engine::FitVerdict::fits;
    painter.setFont(theme.bodyFont(12, QFont::DemiBold));
    painter.setPen(good ? tokens.ok : tokens.warn);
    const QString words = QStringLiteral("%1 · %2").arg(verdictText(fit_->verdict()), fitLine(*fit_));
    painter.drawText(QRectF(0, bar.bottom() + 12 + kLine * static_cast<double>((items.size() + 1) / kColumns),
                            width(), kLine + 4),
                     Qt::AlignVCenter, words);
}

}  // namespace ui
