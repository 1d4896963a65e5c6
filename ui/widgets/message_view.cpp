#include "ui/widgets/message_view.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/answer_body.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/model_menu.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/picture_thumb.h"
#include "ui/widgets/style_property.h"
#include "ui/widgets/tool_call_card.h"

namespace ui {
namespace {

constexpr int kBubbleWidth = 560;
constexpr int kBubblePadding = 14;
constexpr std::size_t kPicturesInRow = 2;

}  // namespace

MessageView::MessageView(const ChatMessage& message, QWidget* parent)
    : QWidget(parent),
      isUser_(message.row.role != engine::Role::assistant),
      isResult_(message.row.role == engine::Role::ipython) {
    setObjectName(isUser_ ? QStringLiteral("userMessage") : QStringLiteral("answerMessage"));
    setMaximumWidth(kReadingWidth);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);  // few messages stay at the top
    if (isUser_)
        buildUser(message.row.pictures);
    else
        buildAnswer();
}

QWidget* MessageView::buildBranches() {
    branches_ = new QWidget;
    branch_ = new QLabel;
    branch_->setObjectName(QStringLiteral("branchPlace"));
    setStyleProperty(branch_, "tone", "small");
    const QString kind = isUser_ ? QStringLiteral("Message") : QStringLiteral("Answer");
    const auto makeStep = [&](const QString& text, const QString& name, const QString& tip, int step) {
        auto* button = new QToolButton;
        button->setText(text);
        button->setObjectName(name + kind + QStringLiteral("Button"));
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        button->setProperty("kind", "flat");
        connect(button, &QToolButton::clicked, this, [this, step] { emit branchWanted(step); });
        return button;
    };
    before_ = makeStep(QStringLiteral("‹"), QStringLiteral("previous"), tr("Previous branch (Alt+Left)"), -1);
    after_ = makeStep(QStringLiteral("›"), QStringLiteral("next"), tr("Next branch (Alt+Right)"), 1);
    auto* line = new QHBoxLayout(branches_);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(2);
    for (QWidget* widget : std::initializer_list<QWidget*>{before_, branch_, after_})
        line->addWidget(widget);
    branches_->hide();
    return branches_;
}

IconButton* MessageView::addAction(QHBoxLayout* line, const char* icon, const char* name,
                                   const QString& tip) {
    auto* button = new IconButton(QString::fromLatin1(icon), QString::fromLatin1(name), tip);
    line->addWidget(button);
    actions_ << button;
    return button;
}

void MessageView::buildUser(const std::vector<engine::PictureRow>& pictures) {
    bubble_ = new QLabel;
    bubble_->setObjectName(QStringLiteral("bubble"));
    bubble_->setTextFormat(Qt::PlainText);
    bubble_->setWordWrap(true);
    bubble_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* line = new QHBoxLayout;
    line->addStretch(1);
    line->addWidget(bubble_);
    auto* below = new QHBoxLayout;
    below->setSpacing(2);
    below->addStretch(1);
    if (isResult_) {
        auto* label = new QLabel(tr("Result of a function"));
        setStyleProperty(label, "tone", "small");
        below->addWidget(label);
    }
    below->addWidget(buildBranches());
    copy_ = addAction(below, "copy", "copyMessageButton", tr("Copy this message"));
    connect(copy_, &QToolButton::clicked, this, &MessageView::copy);
    if (!isResult_) {
        connect(addAction(below, "edit", "editMessageButton", tr("Edit: makes a branch (Ctrl+E)")),
                &QToolButton::clicked, this, &MessageView::editWanted);
        connect(addAction(below, "compare", "compareMessageButton", tr("Compare this: ask every lane")),
                &QToolButton::clicked, this, &MessageView::compareWanted);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addLayout(buildPictures(pictures));
    column->addLayout(line);
    column->addLayout(below);
}

/// Rows at the right, as many pictures in each as the reading width holds.
QLayout* MessageView::buildPictures(const std::vector<engine::PictureRow>& pictures) {
    auto* rows = new QVBoxLayout;
    rows->setSpacing(2);
    QHBoxLayout* row = nullptr;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        if (i % kPicturesInRow == 0) {
            row = new QHBoxLayout;
            row->setSpacing(2);
            row->addStretch(1);
            rows->addLayout(row);
        }
        pictures_ << new PictureThumb(pictures[i], static_cast<int>(i));
        row->addWidget(pictures_.back(), 0, Qt::AlignBottom);
    }
    return rows;
}

void MessageView::buildAnswer() {
    answer_ = new AnswerBody;
    answer_->setObjectName(QStringLiteral("answerBody"));
    connect(answer_, &AnswerBody::linkWanted, this, &MessageView::confirmLink);
    state_ = new QLabel;
    state_->setTextFormat(Qt::PlainText);
    state_->setWordWrap(true);
    state_->setObjectName(QStringLiteral("answerState"));
    numbers_ = new QLabel;
    numbers_->setObjectName(QStringLiteral("answerNumbers"));
    setStyleProperty(numbers_, "tone", "small");
    auto* line = new QHBoxLayout;
    line->setSpacing(4);
    line->addWidget(buildBranches());
    line->addWidget(numbers_);
    line->addStretch(1);
    copy_ = addAction(line, "copy", "copyAnswerButton", tr("Copy this answer"));
    connect(copy_, &QToolButton::clicked, this, &MessageView::copy);
    connect(addAction(line, "refresh", "regenerateButton", tr("Answer again (Ctrl+R)")),
            &QToolButton::clicked, this, &MessageView::regenerateWanted);
    auto* with = addAction(line, "sliders", "regenerateWithButton", tr("Answer again with another model"));
    with->setPopupMode(QToolButton::InstantPopup);
    with->setMenu(new QMenu(with));
    fillModelMenu(with->menu(), this, [this](const QString& model) { emit regenerateWithWanted(model); });
    connect(addAction(line, "compare", "compareAnswerButton", tr("Compare this: ask every lane")),
            &QToolButton::clicked, this, &MessageView::compareWanted);
    column_ = new QVBoxLayout(this);
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(6);
    column_->addWidget(answer_);
    column_->addWidget(state_);
    column_->addLayout(line);
}

void MessageView::setDroppedBefore(int count) {
    if (count == 0 && dropped_ == nullptr)
        return;
    if (dropped_ == nullptr) {
        dropped_ = new QLabel;
        dropped_->setObjectName(QStringLiteral("droppedTurns"));
        dropped_->setAlignment(Qt::AlignCenter);
        dropped_->setWordWrap(true);
        setStyleProperty(dropped_, "tone", "bad");
        static_cast<QVBoxLayout*>(layout())->insertWidget(0, dropped_);
    }
    dropped_->setText(tr("↑ %n message(s) above: no longer sent to the model", nullptr, count));
    dropped_->setVisible(count > 0);
}

void MessageView::copy() const {
    QGuiApplication::clipboard()->setText(text_);
}

void MessageView::confirmLink(const QString& address) {
    QMessageBox box(QMessageBox::Question, tr("Open this address?"),
                    tr("A link in the answer leads to this address. A model may have made it up."),
                    QMessageBox::Cancel, this);
    box.setObjectName(QStringLiteral("linkDialog"));
    box.setTextFormat(Qt::PlainText);
    box.setInformativeText(address);
    auto* open = box.addButton(tr("Open in the browser"), QMessageBox::AcceptRole);
    auto* copied = box.addButton(tr("Copy address"), QMessageBox::ActionRole);
    box.setDefaultButton(QMessageBox::Cancel);
    box.exec();
    if (box.clickedButton() == open)
        QDesktopServices::openUrl(QUrl(address));
    else if (box.clickedButton() == copied)
        QGuiApplication::clipboard()->setText(address);
}

void MessageView::show(const ChatMessage& message, bool isLast, const QString& busy, BranchPlace place) {
    text_ = message.text;
    branches_->setVisible(place.count > 1);
    branch_->setText(QStringLiteral("%1/%2").arg(place.number).arg(place.count));
    before_->setEnabled(place.number > 1);
    after_->setEnabled(place.number < place.count);
    if (!isUser_) {
        showAnswer(message, isLast, busy);
        return;
    }
    for (int i = 0;
         i < std::min<int>(static_cast<int>(pictures_.size()), static_cast<int>(message.previews.size()));
         ++i)
        pictures_[i]->setPreview(message.previews[static_cast<std::size_t>(i)]);
    bubble_->setText(text_);
    bubble_->setVisible(!text_.isEmpty());
    // A wrapping label asks for a square; the text's own width is wanted, up to a limit.
    bubble_->ensurePolished();
    const int natural = bubble_->fontMetrics().size(0, text_).width() + 2 * kBubblePadding + 4;
    bubble_->setFixedWidth(std::min(natural, kBubbleWidth));
}

bool MessageView::showCalls(bool isLast, QString* problem) {
    const auto calls = engine::toolCallsIn(text_.toStdString());
    if (!calls) {
        *problem = QString::fromStdString(calls.error().message);
        return false;
    }
    if (calls->empty())
        return false;
    if (calls_ == nullptr || callsText_ != text_) {
        retire(calls_);
        const auto definitions = engine::toolDefinitions(tools_);
        calls_ = new ToolCallCard(*calls, definitions ? *definitions : std::vector<engine::ToolDefinition>());
        connect(calls_, &ToolCallCard::resultsGiven, this, &MessageView::resultsGiven);
        column_->insertWidget(column_->indexOf(answer_), calls_);
        callsText_ = text_;
    }
    calls_->setAnswerable(isLast);
    return true;
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
    QString problem;
    const bool isCalls = !streaming && !failed && showCalls(isLast, &problem);
    if (calls_ != nullptr)
        calls_->setVisible(isCalls);
    if (state.isEmpty())
        state = problem;
    state_->setText(state);
    state_->setVisible(!state.isEmpty());
    setStyleProperty(state_, "tone", failed || !problem.isEmpty() ? "warning" : "mute");
    answer_->setVisible(hasText && !isCalls);
    if (streaming)
        answer_->showGrowing(text_);
    else
        answer_->showFinished(text_);
    numbers_->setText(metricsText(message.row.metrics));
    for (auto* action : actions_)
        action->setVisible(!streaming);
    copy_->setVisible(!streaming && !text_.isEmpty());
}

}  // namespace ui
