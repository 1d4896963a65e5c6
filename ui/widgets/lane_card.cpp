#include "ui/widgets/lane_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/models/plain_tip.h"
#include "ui/theme.h"
#include "ui/widgets/answer_view.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/lane_metrics.h"
#include "ui/widgets/model_menu.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

enum Body { hintBody, answerBody, errorBody };

QToolButton* makeMenuButton(const QString& name, const QString& accessible, const char* tone) {
    auto* button = new QToolButton;
    button->setObjectName(name);
    button->setAccessibleName(accessible);
    button->setProperty("kind", "flat");
    button->setProperty("tone", tone);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(new QMenu(button));
    return button;
}

QString hintText(const Lane& lane) {
    switch (lane.state) {
        case LaneState::waiting:
            return LaneCard::tr("Waiting for the lanes before it");
        case LaneState::loading:
            return LaneCard::tr("Loading the model…");
        case LaneState::answering:
            return LaneCard::tr("Reading the prompt…");
        case LaneState::stopped:
            return LaneCard::tr("Stopped before it answered");
        case LaneState::finished:
            return LaneCard::tr("The model answered with nothing");
        case LaneState::idle:
        case LaneState::failed:
            break;
    }
    return LaneCard::tr("The answer appears here.\nType a prompt and press Run.");
}

/// Kernels as the lane header shows them: what runs once it is known, else what was asked for.
QString kernelLabel(const Lane& lane) {
    if (!lane.loaded)
        return lane.choice.kernels;
    const std::string& variant = lane.loaded->config.variant;
    const char* wanted =
        variant == "QAT+LoRA" || variant == "SpinQuant" || variant == "Q4_0" ? "matmul_int4" : "matmul_dense";
    for (const auto& choice : lane.loaded->plan)
        if (choice.op == wanted)
            return QString::fromStdString(choice.variant);
    return lane.choice.kernels;
}

QString planTip(const Lane& lane) {
    if (!lane.loaded)
        return LaneCard::tr("Kernel variants of this lane");
    QString tip = LaneCard::tr("%n thread(s)", nullptr, lane.loaded->threads);
    for (const auto& choice : lane.loaded->plan) {
        tip += QStringLiteral("\n%1: %2")
                   .arg(QString::fromStdString(choice.op), QString::fromStdString(choice.variant));
        for (const auto& reason : choice.passedOver)
            tip += QStringLiteral("\n      not %1").arg(QString::fromStdString(reason));
    }
    return tip;
}

}  // namespace

LaneCard::LaneCard(int row, QWidget* parent)
    : Card(parent),
      row_(row),
      dot_(new QLabel),
      chip_(new ElidedLabel),
      body_(new QStackedWidget),
      hint_(new QLabel),
      answer_(new AnswerView),
      error_(new QLabel),
      progress_(new QProgressBar),
      metrics_(new LaneMetrics(row)),
      footer_(new ElidedLabel) {
    setObjectName(QStringLiteral("lane%1").arg(row));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 3, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHeader());
    column->addWidget(buildBody(), 1);
    column->addWidget(progress_);
    column->addWidget(metrics_);
    column->addWidget(footer_);
    progress_->setRange(0, 0);
    progress_->setTextVisible(false);
    progress_->setFixedHeight(3);
    progress_->setAccessibleName(tr("Progress of this lane"));
    setStyleProperty(footer_, "tone", "small");
    footer_->setObjectName(QStringLiteral("lane%1.footer").arg(row));
    footer_->setContentsMargins(12, 7, 12, 8);
    setMinimumWidth(230);
}

QWidget* LaneCard::buildHeader() {
    const auto name = [this](const char* part) {
        return QStringLiteral("lane%1.%2").arg(row_).arg(QLatin1String(part));
    };
    model_ = makeMenuButton(name("model"), tr("Model of lane %1").arg(row_ + 1), "name");
    kernels_ = makeMenuButton(name("kernels"), tr("Kernels of lane %1").arg(row_ + 1), "small");
    remove_ = new IconButton(QStringLiteral("close"), name("remove"), tr("Remove lane %1").arg(row_ + 1));
    fillModelMenu(model_->menu(), this, [this](const QString& path) { emit modelChosen(row_, path); });
    connect(kernels_->menu(), &QMenu::aboutToShow, this, [this] {
        kernels_->menu()->clear();
        fillKernelMenu(kernels_->menu(), kernels_->property("asked").toString(),
                       [this](const QString& kernels) { emit kernelsChosen(row_, kernels); });
    });
    connect(remove_, &QToolButton::clicked, this, [this] { emit removed(row_); });
    dot_->setFixedSize(9, 9);
    setStyleProperty(chip_, "chip", "true");
    auto* header = new QWidget;
    auto* line = new QHBoxLayout(header);
    line->setContentsMargins(12, 6, 6, 4);
    line->setSpacing(2);
    line->addWidget(dot_);
    line->addWidget(model_);
    line->addSpacing(2);
    line->addWidget(chip_);
    line->addStretch(1);
    line->addWidget(kernels_);
    line->addWidget(remove_);
    return header;
}

QWidget* LaneCard::buildBody() {
    setStyleProperty(hint_, "tone", "mute");
    hint_->setAlignment(Qt::AlignCenter);
    hint_->setWordWrap(true);
    hint_->setObjectName(QStringLiteral("lane%1.hint").arg(row_));
    answer_->setObjectName(QStringLiteral("lane%1.answer").arg(row_));
    answer_->setAccessibleName(tr("Answer of lane %1").arg(row_ + 1));
    error_->setObjectName(QStringLiteral("lane%1.error").arg(row_));
    setStyleProperty(error_, "tone", "warning");
    error_->setWordWrap(true);
    error_->setAlignment(Qt::AlignTop);
    error_->setTextFormat(Qt::PlainText);
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setWidget(error_);
    scroll->viewport()->setAutoFillBackground(false);
    error_->setAutoFillBackground(false);
    body_->insertWidget(hintBody, hint_);
    body_->insertWidget(answerBody, answer_);
    body_->insertWidget(errorBody, scroll);
    body_->setContentsMargins(12, 2, 8, 8);
    return body_;
}

void LaneCard::setTokenView(bool on) {
    tokenView_ = on;
}

void LaneCard::show(const Lane& lane, const Lane& reference, bool isReference, bool editable) {
    const QColor color =
        Theme::instance().variantColor(variantOf(lane).isEmpty() ? laneTitle(lane) : variantOf(lane));
    setAccent(color);
    dot_->setStyleSheet(QStringLiteral("background:%1; border-radius:2px;").arg(color.name()));
    showHeader(lane, isReference, editable);
    showBody(lane);
    metrics_->show(lane, reference, isReference);
    footer_->setText(footerText(lane, isReference));
    progress_->setVisible(lane.state == LaneState::loading || lane.state == LaneState::answering);
}

void LaneCard::showHeader(const Lane& lane, bool isReference, bool editable) {
    model_->setText(fontMetrics().elidedText(laneTitle(lane), Qt::ElideMiddle, 150));
    model_->setToolTip(
        plainTip(lane.loaded ? tr("%1\n%2\n%3")
                                   .arg(lane.choice.model, QString::fromStdString(lane.loaded->config.name),
                                        QString::fromStdString(lane.loaded->format))
                             : lane.choice.model));
    QString chip = lane.loaded ? schemeText(lane.loaded->config) : QString();
    if (isReference)
        chip = tr("reference");
    chip_->setText(chip);
    chip_->setVisible(!chip.isEmpty());
    kernels_->setText(kernelLabel(lane));
    kernels_->setToolTip(planTip(lane));
    kernels_->setProperty("asked", lane.choice.kernels);
    for (auto* button : {model_, kernels_, remove_})
        button->setEnabled(editable);
}

void LaneCard::showBody(const Lane& lane) {
    if (lane.state == LaneState::failed) {
        error_->setText(lane.error);
        body_->setCurrentIndex(errorBody);
        return;
    }
    if (lane.text.isEmpty()) {
        answer_->showText({});
        answer_->setExtraSelections({});
        hint_->setText(hintText(lane));
        body_->setCurrentIndex(hintBody);
        return;
    }
    answer_->showText(lane.text);
    body_->setCurrentIndex(answerBody);
    markTokens(lane);
}

void LaneCard::markTokens(const Lane& lane) {
    const auto& tokens = Theme::instance().tokens();
    QColor color = Theme::instance().variantColor(variantOf(lane));
    color.setAlphaF(tokens.dark ? 0.32F : 0.24F);
    const auto count = lane.tokenStarts.size();
    const auto range = [&](std::size_t i) {
        const int end = i + 1 < count ? lane.tokenStarts[i + 1] : static_cast<int>(lane.text.size());
        return std::pair(lane.tokenStarts[i], end - lane.tokenStarts[i]);
    };
    QList<QTextEdit::ExtraSelection> marks;
    const auto mark = [&](std::pair<int, int> at, const QColor& shade) {
        const int end = answer_->document()->characterCount() - 1;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(answer_->document());
        selection.cursor.setPosition(std::min(at.first, end));
        selection.cursor.setPosition(std::min(at.first + at.second, end), QTextCursor::KeepAnchor);
        selection.format.setBackground(shade);
        marks.push_back(selection);
    };
    if (tokenView_)
        for (std::size_t i = 1; i < count; i += 2)
            mark(range(i), tokens.accentSoft);
    if (lane.agreement && lane.agreement->firstDivergence) {
        const auto first = static_cast<std::size_t>(*lane.agreement->firstDivergence);
        if (first < count)
            mark(range(first), color);
    }
    answer_->setExtraSelections(marks);
}

QString LaneCard::footerText(const Lane& lane, bool isReference) const {
    if (lane.state == LaneState::failed)
        return tr("This lane failed; the others are not affected");
    if (!lane.record)
        return lane.state == LaneState::idle ? lane.choice.model : hintText(lane);
    const auto& record = *lane.record;
    QStringList parts{tr("%n token(s)", nullptr, static_cast<int>(record.metrics.generatedTokens))};
    if (record.finishReason == engine::FinishReason::cancelled)
        parts << tr("stopped");
    if (record.finishReason == engine::FinishReason::length)
        parts << tr("length limit");
    if (lane.agreement) {
        const auto& a = *lane.agreement;
        if (a.firstDivergence)
            parts << tr("first divergence at token %1").arg(*a.firstDivergence + 1);
        parts << tr("KL %1").arg(QString::fromStdString(engine::formatNumber(a.klMean)));
    } else if (isReference) {
        parts << tr("reference for KL");
    }
    parts << tr("weights %1")
                 .arg(QString::fromStdString(engine::formatMetric(
                     "weights_bytes", static_cast<double>(record.metrics.weightsBytes))));
    return parts.join(QStringLiteral(" · "));
}

}  // namespace ui
