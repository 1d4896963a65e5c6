#include "ui/widgets/lane_card.h"

#include <QAbstractTextDocumentLayout>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

#include "engine/report/metric_catalog.h"
#include "ui/models/plain_tip.h"
#include "ui/theme.h"
#include "ui/widgets/answer_marks.h"
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
    setMinimumWidth(280);
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
    answer_->viewport()->installEventFilter(this);
    connect(answer_, &AnswerView::cursorPositionChanged, this, &LaneCard::showCaretToken);
    body_->insertWidget(hintBody, hint_);
    body_->insertWidget(answerBody, answer_);
    body_->insertWidget(errorBody, scroll);
    body_->setContentsMargins(12, 2, 8, 8);
    return body_;
}

void LaneCard::show(const Lane& lane, const Lane& reference, const LaneLook& look) {
    const auto& tokens = Theme::instance().tokens();
    const QColor color =
        look.hidden
            ? tokens.mute
            : Theme::instance().variantColor(variantOf(lane).isEmpty() ? laneTitle(lane) : variantOf(lane));
    setAccent(color);
    dot_->setStyleSheet(QStringLiteral("background:%1; border-radius:2px;").arg(color.name()));
    view_ = look.view;
    shown_ = lane;
    showHeader(lane, look);
    showBody(lane, reference, look);
    metrics_->setVisible(!look.hidden);
    if (!look.hidden)
        metrics_->show(lane, reference, look.isReference, look.unfair);
    facts_ = footerText(lane, reference, look);
    footer_->setText(facts_);
    progress_->setVisible(!look.hidden &&
                          (lane.state == LaneState::loading || lane.state == LaneState::answering));
}

void LaneCard::showHeader(const Lane& lane, const LaneLook& look) {
    const QString number = QString::number(look.number);
    model_->setText(look.hidden ? number : fontMetrics().elidedText(laneTitle(lane), Qt::ElideMiddle, 150));
    model_->setAccessibleName(look.hidden ? tr("Lane %1, hidden").arg(number)
                                          : tr("Model of lane %1").arg(row_ + 1));
    model_->setToolTip(look.hidden
                           ? tr("Hidden until you have voted")
                           : plainTip(lane.loaded ? tr("%1\n%2\n%3")
                                                        .arg(lane.choice.model,
                                                             QString::fromStdString(lane.loaded->config.name),
                                                             QString::fromStdString(lane.loaded->format))
                                                  : lane.choice.model));
    QString chip = lane.loaded ? schemeText(lane.loaded->config) : QString();
    if (look.isReference)
        chip = tr("reference");
    chip_->setText(chip);
    chip_->setVisible(!chip.isEmpty() && !look.hidden);
    kernels_->setText(kernelLabel(lane));
    kernels_->setToolTip(planTip(lane));
    kernels_->setProperty("asked", lane.choice.kernels);
    kernels_->setVisible(!look.hidden);
    remove_->setVisible(!look.hidden);
    for (auto* button : {model_, kernels_, remove_})
        button->setEnabled(look.editable && !look.hidden);
}

void LaneCard::showBody(const Lane& lane, const Lane& reference, const LaneLook& look) {
    if (lane.state == LaneState::failed && !look.held) {
        error_->setText(look.hidden ? tr("This lane failed; the reason is shown when you reveal the lanes")
                                    : lane.error);
        body_->setCurrentIndex(errorBody);
        return;
    }
    if (lane.text.isEmpty() || look.held) {
        answer_->showText({});
        answer_->setExtraSelections({});
        hint_->setText(look.held ? tr("The answers appear together") : hintText(lane));
        body_->setCurrentIndex(hintBody);
        return;
    }
    body_->setCurrentIndex(answerBody);
    if (look.view == LaneView::diff && !look.isReference && lane.record && reference.record) {
        answer_->setExtraSelections({});
        answer_->showPieces(diffPieces(reference.text, lane.text));
        return;
    }
    answer_->showText(lane.text);
    answer_->setExtraSelections(look.hidden                     ? QList<QTextEdit::ExtraSelection>()
                                : look.view == LaneView::tokens ? tokenMarks(*answer_, lane)
                                                                : divergenceMark(*answer_, lane));
}

bool LaneCard::eventFilter(QObject* watched, QEvent* event) {
    if (watched != answer_->viewport() || event->type() != QEvent::ToolTip || view_ != LaneView::tokens)
        return Card::eventFilter(watched, event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int position = answer_->document()->documentLayout()->hitTest(
        help->pos() + QPoint(0, answer_->verticalScrollBar()->value()), Qt::ExactHit);
    if (const auto facts = tokenFacts(shown_, tokenAt(shown_, position)); facts.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), plainTip(facts), answer_);
    return true;
}

void LaneCard::showCaretToken() {
    if (view_ != LaneView::tokens || !answer_->hasFocus())
        return;
    const auto facts = tokenFacts(shown_, tokenAt(shown_, answer_->textCursor().position()));
    footer_->setText(facts.isEmpty() ? facts_ : facts);
}

QString LaneCard::footerText(const Lane& lane, const Lane& reference, const LaneLook& look) const {
    if (look.hidden)
        return lane.record && !look.held ? tr("Name, colour and figures after the vote") : QString();
    if (lane.state == LaneState::failed)
        return tr("This lane failed; the others are not affected");
    if (!lane.record)
        return lane.state == LaneState::idle ? lane.choice.model : hintText(lane);
    const auto& record = *lane.record;
    QStringList parts;
    if (look.number > 0)
        parts << tr("was %1").arg(look.number);
    if (look.unfair)
        parts << tr("ran beside others: not fair");
    if (look.view == LaneView::diff && !look.isReference && reference.record)
        parts << diffSummary(reference.text, lane.text);
    if (look.view == LaneView::tokens && lane.scores.scores.empty() && !lane.scores.reason.empty())
        parts << QString::fromStdString(lane.scores.reason);
    parts << tr("%n token(s)", nullptr, static_cast<int>(record.metrics.generatedTokens));
    if (record.finishReason == engine::FinishReason::cancelled)
        parts << tr("stopped");
    if (record.finishReason == engine::FinishReason::length)
        parts << tr("length limit");
    if (lane.agreement) {
        const auto& a = *lane.agreement;
        if (a.firstDivergence)
            parts << tr("first divergence at token %1").arg(*a.firstDivergence + 1);
        parts << tr("KL %1").arg(QString::fromStdString(engine::formatNumber(a.klMean)));
    } else if (look.isReference) {
        parts << tr("reference for KL");
    }
    parts << tr("weights %1")
                 .arg(QString::fromStdString(engine::formatMetric(
                     "weights_bytes", static_cast<double>(record.metrics.weightsBytes))));
    return parts.join(QStringLiteral(" · "));
}

}  // namespace ui
