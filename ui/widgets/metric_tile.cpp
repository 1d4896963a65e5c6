#include "ui/widgets/metric_tile.h"

#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

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
    value_->setText(
        unit.isEmpty()
            ? value.toHtmlEscaped()
            : QStringLiteral("%1 <span style='font-size:11px;font-weight:400;color:%3'>%2</span>")
                  .arg(value.toHtmlEscaped(), unit.toHtmlEscaped(), Theme::instance().tokens().mute.name()));
    value_->setAccessibleName(accessibleName() + QStringLiteral(": ") + value + QLatin1Char(' ') + unit);
    words_->setText(words);
    setStyleProperty(words_, "tone",
                     verdict == engine::Verdict::better  ? "good"
                     : verdict == engine::Verdict::worse ? "bad"
                                                         : "small");
    setToolTip(tip);
    setAccessibleDescription(tip);
}

void MetricTile::clear() {
    setValue(QStringLiteral("–"), {}, {}, engine::Verdict::none, {});
}

QString MetricTile::valueText() const {
    return value_->text();
}
QString MetricTile::wordsText() const {
    return words_->text();
}

}  // namespace ui
