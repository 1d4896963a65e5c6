#include "ui/widgets/token_legend.h"

#include <QHBoxLayout>
#include <QLabel>

#include "ui/theme.h"
#include "ui/widgets/answer_marks.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

QLabel* small(const QString& text) {
    auto* label = new QLabel(text);
    setStyleProperty(label, "tone", "small");
    return label;
}

QHBoxLayout* lineOf(QWidget* widget) {
    auto* line = new QHBoxLayout(widget);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    return line;
}

QLabel* sample(const QTextCharFormat& format, const QString& text) {
    auto* label = new QLabel;
    label->setTextFormat(Qt::RichText);
    const auto background = format.background();
    QString style = QStringLiteral("padding: 1px 5px;");
    if (background.style() != Qt::NoBrush) {
        const QColor c = background.color();
        style += QStringLiteral(" background: rgba(%1,%2,%3,%4);")
                     .arg(c.red())
                     .arg(c.green())
                     .arg(c.blue())
                     .arg(c.alpha());
    }
    label->setStyleSheet(
        QStringLiteral("QLabel { font-size: 11px; border: 1px solid %1; border-radius: 4px; %2 }")
            .arg(Theme::instance().tokens().line.name(), style));
    QString words = text.toHtmlEscaped();
    if (format.underlineStyle() != QTextCharFormat::NoUnderline || format.fontUnderline())
        words = QStringLiteral("<u>%1</u>").arg(words);
    if (format.fontStrikeOut())
        words = QStringLiteral("<s>%1</s>").arg(words);
    if (format.fontOverline())
        words = QStringLiteral("<span style=\"text-decoration: overline\">%1</span>").arg(words);
    label->setText(words);
    return label;
}

}  // namespace

TokenLegend::TokenLegend(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("tokenLegend"));
    auto* line = lineOf(this);
    line->addWidget(small(tr("Probability that the reference gave each token")));
    for (int band = 0; band < kProbabilityBands; ++band)
        line->addWidget(sample(probabilityBandFormat(band), probabilityBandText(band)));
    QTextCharFormat first;
    first.setFontOverline(true);
    line->addWidget(sample(first, tr("first divergence")));
    line->addWidget(small(tr("Point at a token, or move the caret to it, for its numbers")));
    line->addStretch(1);
}

DiffLegend::DiffLegend(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("diffLegend"));
    auto* line = lineOf(this);
    line->addWidget(small(tr("Words against the reference's answer")));
    const auto pieces = diffPieces(tr("removed"), tr("added"));
    for (const auto& [text, format] : pieces)
        line->addWidget(sample(format, text));
    line->addWidget(small(tr("Differences of white space alone are not shown")));
    line->addStretch(1);
}

}  // namespace ui
