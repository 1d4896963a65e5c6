#include "ui/widgets/metric_tile.h"

#include <QLabel>
#include <QResizeEvent>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/style_property.h"

namespace ui {

MetricTile::MetricTile(const QString& label, const QString& objectName, QWidget* parent)
    : QFrame(parent), value_(new QLabel), words_(new ElidedLabel) {
    setObjectName(objectName);
    setAccessibleName(label);
    auto* title = new QLabel(label);
    setStyleProperty(title, "tone", "small");
    setStyleProperty(value_, "tone", "value");
    value_->setTextFormat(Qt::RichText);
    setStyleProperty(words_, "tone", "small");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 8, 6, 8);
    column->setSpacing(2);
    column->addWidget(title);
    column->addWidget(value_);
    column->addWidget(words_);
    value_->setMinimumWidth(0);
    value_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    clear();
}

void MetricTile::setValue(const QString& value, const QString& unit, const QString& words,
                          engine::Verdict verdict, const QString& tip) {
    number_ = value;
    unit_ = unit;
    fitValue();
    value_->setAccessibleName(accessibleName() + QStringLiteral(": ") + value + QLatin1Char(' ') + unit);
    words_->setText(words);
    setStyleProperty(words_, "tone",
                     verdict == engine::Verdict::better  ? "good"
                     : verdict == engine::Verdict::worse ? "bad"
                                                         : "small");
    setToolTip(tip);
    setAccessibleDescription(tip);
}

void MetricTile::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fitValue();
}

void MetricTile::fitValue() {
    constexpr int kLargest = 15;
    constexpr int kSmallest = 11;
    const auto margins = layout()->contentsMargins();
    const int room = width() - margins.left() - margins.right();
    for (int size = kLargest; size >= kSmallest; --size) {
        value_->setText(QStringLiteral("<span style='font-size:%1px'>%2</span> <span "
                                       "style='font-size:%3px;font-weight:400;color:%4'>%5</span>")
                            .arg(QString::number(size), number_.toHtmlEscaped(),
                                 QString::number(std::min(size, 11)), Theme::instance().tokens().mute.name(),
                                 unit_.toHtmlEscaped()));
        if (value_->sizeHint().width() <= room)
            break;
    }
}

void MetricTile::clear() {
    setValue(QStringLiteral("–"), {}, {}, engine::Verdict::none, {});
}

QString MetricTile::valueText() const {
    return unit_.isEmpty() ? number_ : number_ + QLatin1Char(' ') + unit_;
}
QString MetricTile::wordsText() const {
    return words_->text();
}

}  // namespace ui
