#include "ui/widgets/message_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/answer_view.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kBubbleWidth = 560;
constexpr int kBubblePadding = 14;

}  // namespace

MessageView::MessageView(const ChatMessage& message, QWidget* parent)
    : QWidget(parent), isUser_(message.row.role != engine::Role::assistant) {
    setObjectName(isUser_ ? QStringLiteral("userMessage") : QStringLiteral("answerMessage"));
    setMaximumWidth(kReadingWidth);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);  // few messages stay at the top
    if (isUser_)
        buildUser();
    else
        buildAnswer();
}

void MessageView::buildUser() {
    bubble_ = new QLabel;
    bubble_->setObjectName(QStringLiteral("bubble"));
    bubble_->setTextFormat(Qt::PlainText);
    bubble_->setWordWrap(true);
    bubble_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->addStretch(1);
    line->addWidget(bubble_);
}

void MessageView::buildAnswer() {
    answer_ = new AnswerView;
    answer_->setObjectName(QStringLiteral("answerText"));
    answer_->setAccessibleName(tr("Answer"));
    answer_->setGrows(true);
    state_ = new QLabel;
    state_->setTextFormat(Qt::PlainText);
    state_->setWordWrap(true);
    state_->setObjectName(QStringLiteral("answerState"));
    numbers_ = new QLabel;
    numbers_->setObjectName(QStringLiteral("answerNumbers"));
    setStyleProperty(numbers_, "tone", "small");
    copy_ =
        new IconButton(QStringLiteral("copy"), QStringLiteral("copyAnswerButton"), tr("Copy this answer"));
    again_ =
        new IconButton(QStringLiteral("refresh"), QStringLiteral("regenerateButton"), tr("Answer again"));
    auto* line = new QHBoxLayout;
    line->setSpacing(4);
    line->addWidget(numbers_);
    line->addStretch(1);
    line->addWidget(copy_);
    line->addWidget(again_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(answer_);
    column->addWidget(state_);
    column->addLayout(line);
    connect(copy_, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(text_); });
    connect(again_, &QToolButton::clicked, this, &MessageView::regenerateWanted);
}

void MessageView::show(const ChatMessage& message, bool isLast, const QString& busy) {
    text_ = message.text;
    if (!isUser_) {
        showAnswer(message, isLast, busy);
        return;
    }
    bubble_->setText(text_);
    // A wrapping label asks for a square; the text's own width is wanted, up to a limit.
    bubble_->ensurePolished();
    const int natural = bubble_->fontMetrics().size(0, text_).width() + 2 * kBubblePadding + 4;
    bubble_->setFixedWidth(std::min(natural, kBubbleWidth));
}

void MessageView::showAnswer(const ChatMessage& message, bool isLast, const QString& busy) {
    const auto& status = message.row.status;
    const bool streaming = status == "streaming";
    const bool failed = status == "failed";
    const QString error = failed ? errorText(message.row.metrics) : QString();
    // The text of an answer that failed at once is the error itself.
    const bool hasText = !text_.isEmpty() && (!failed || (!error.isEmpty() && text_ != error));
    QString state;
    if (streaming)
        state = text_.isEmpty() ? busy : QString();
    else if (failed)
        state = !error.isEmpty() ? error : text_.isEmpty() ? tr("The answer failed.") : text_;
    else if (status == "cancelled")
        state = text_.isEmpty() ? tr("Stopped before it answered") : tr("Stopped");
    else if (text_.isEmpty())
        state = tr("The model answered with nothing");
    state_->setText(state);
    state_->setVisible(!state.isEmpty());
    setStyleProperty(state_, "tone", failed ? "warning" : "mute");
    answer_->setVisible(hasText);
    if (streaming)
        answer_->showText(text_);
    else
        answer_->showMarkdown(text_);
    numbers_->setText(metricsText(message.row.metrics));
    copy_->setVisible(!streaming && !text_.isEmpty());
    again_->setVisible(!streaming && isLast);
}

}  // namespace ui
