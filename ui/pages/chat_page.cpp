#include "ui/pages/chat_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/conversation/conversation_formats.h"
#include "ui/models/model_names.h"
#include "ui/theme.h"
#include "ui/widgets/card.h"
#include "ui/widgets/chat_inspector.h"
#include "ui/widgets/chat_start.h"
#include "ui/widgets/conversation_pane.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/message_view.h"
#include "ui/widgets/model_menu.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/picture_strip.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/style_property.h"

namespace ui {
namespace {

constexpr int kHeaderHeight = 48;
constexpr int kPromptLines = 8;
constexpr int kDot = 10;

QString shortCount(qint64 tokens) {
    if (tokens < 1000)
        return QString::number(tokens);
    return QStringLiteral("%1k").arg(static_cast<double>(tokens) / 1024.0, 0, 'f',
                                     tokens < 10'240 && tokens % 1024 != 0 ? 1 : 0);
}

}  // namespace

ChatPage::ChatPage(ChatController& controller, QWidget* parent) : QWidget(parent), controller_(controller) {
    setObjectName(QStringLiteral("page"));
    pane_ = new ConversationPane(controller);
    auto* center = new QVBoxLayout;
    center->setContentsMargins(0, 0, 0, 0);
    center->setSpacing(0);
    center->addWidget(buildHeader());
    center->addWidget(buildMessages(), 1);
    center->addWidget(buildComposer());
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(0);
    line->addWidget(pane_);
    line->addLayout(center, 1);
    line->addWidget(new ChatInspector(controller));
    connectController();
    rebuildMessages();
    updateModel();
    updateState();
}

void ChatPage::focusPrompt() {
    prompt_->setFocus(Qt::ShortcutFocusReason);
}
void ChatPage::focusSearch() {
    pane_->show();
    pane_->focusSearch();
}

QWidget* ChatPage::buildHeader() {
    auto* header = new QFrame;
    header->setObjectName(QStringLiteral("chatHeader"));
    header->setFixedHeight(kHeaderHeight);
    dot_ = new QLabel;
    dot_->setFixedSize(kDot, kDot);
    model_ = new QToolButton;
    model_->setObjectName(QStringLiteral("chatModelButton"));
    model_->setProperty("kind", "flat");
    model_->setProperty("tone", "name");
    model_->setAccessibleName(tr("Model"));
    model_->setPopupMode(QToolButton::InstantPopup);
    model_->setMenu(new QMenu(model_));
    fillModelMenu(model_->menu(), this, [this](const QString& path) { controller_.chooseModel(path); });
    auto* label = new QLabel(tr("context"));
    setStyleProperty(label, "tone", "small");
    context_ = new QProgressBar;
    context_->setObjectName(QStringLiteral("contextUsed"));
    context_->setAccessibleName(tr("Context used"));
    context_->setTextVisible(false);
    context_->setFixedWidth(90);
    contextText_ = new QLabel;
    setStyleProperty(contextText_, "tone", "small");
    export_ = new QToolButton;
    export_->setObjectName(QStringLiteral("chatExportButton"));
    export_->setText(tr("Export ▾"));
    export_->setToolTip(tr("Writes this chat to a file (Ctrl+S)"));
    export_->setAccessibleName(tr("Export this chat"));
    export_->setPopupMode(QToolButton::InstantPopup);
    export_->setMenu(new QMenu(export_));
    for (const auto& format : engine::conversationFormats()) {
        const QString ending =
            QString::fromUtf8(format.format.data(), static_cast<qsizetype>(format.format.size()));
        const QString words =
            QString::fromUtf8(format.description.data(), static_cast<qsizetype>(format.description.size()));
        export_->menu()
            ->addAction(QStringLiteral("%1…").arg(words), this, [this, ending] { chooseExport(ending); })
            ->setObjectName(QStringLiteral("export_") + ending);
    }
    auto* line = new QHBoxLayout(header);
    line->setContentsMargins(18, 0, 18, 0);
    line->setSpacing(8);
    line->addWidget(dot_);
    line->addWidget(model_);
    line->addStretch(1);
    line->addWidget(label);
    line->addWidget(context_);
    line->addWidget(contextText_);
    line->addSpacing(8);
    line->addWidget(export_);
    return header;
}

QWidget* ChatPage::buildMessages() {
    auto* content = new QWidget;
    auto* column = new QVBoxLayout;
    column->setSpacing(20);
    auto* start = new ChatStart;
    connect(start, &ChatStart::modelWanted, this, [this] { model_->showMenu(); });
    connect(start, &ChatStart::promptChosen, this, [this](const QString& text) {
        prompt_->setPlainText(text);
        prompt_->moveCursor(QTextCursor::End);
        focusPrompt();
    });
    empty_ = start;
    column->addWidget(empty_, 1);
    column->addStretch(0);  // stays last: pushes few messages to the top
    messages_ = column;
    auto* sides = new QHBoxLayout(content);  // keeps the text at reading width in a wide window
    sides->setContentsMargins(40, 20, 40, 20);
    sides->addStretch(1);
    sides->addLayout(column, 1000);
    sides->addStretch(1);
    scroll_ = new QScrollArea;
    scroll_->setObjectName(QStringLiteral("chatScroll"));
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setWidget(content);
    scroll_->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    auto* bar = scroll_->verticalScrollBar();
    connect(bar, &QScrollBar::valueChanged, this,
            [this, bar](int value) { followsEnd_ = value >= bar->maximum() - 8; });
    connect(bar, &QScrollBar::rangeChanged, this, [this, bar](int, int most) {
        if (followsEnd_)
            bar->setValue(most);
    });
    return scroll_;
}

QWidget* ChatPage::buildComposer() {
    auto* card = new Card;
    prompt_ = new PromptEdit;
    prompt_->setObjectName(QStringLiteral("chatPrompt"));
    prompt_->setAccessibleName(tr("Message"));
    prompt_->setPlaceholderText(tr("Type a message. Drop or paste pictures."));
    prompt_->setMostLines(kPromptLines);
    send_ = makeButton(tr("Send"), QStringLiteral("sendButton"), {});
    send_->setProperty("kind", "primary");
    auto* attachButton =
        new IconButton(QStringLiteral("attach"), QStringLiteral("attachButton"), tr("Attach pictures"));
    auto* cardColumn = new QVBoxLayout(card);
    cardColumn->setContentsMargins(0, 0, 0, 0);
    cardColumn->setSpacing(0);
    buildNotices(cardColumn);
    pictures_ = new PictureStrip(controller_.tray());
    pictures_->takeFrom(prompt_, this);
    cardColumn->addWidget(pictures_);
    auto* line = new QHBoxLayout;
    cardColumn->addLayout(line);
    line->setContentsMargins(10, 10, 12, 10);
    line->setSpacing(8);
    line->addWidget(attachButton, 0, Qt::AlignBottom);
    line->addWidget(prompt_, 1);
    line->addWidget(send_, 0, Qt::AlignBottom);
    connect(prompt_, &PromptEdit::textChanged, this,
            [this] { controller_.setDraft(prompt_->toPlainText()); });
    connect(prompt_, &PromptEdit::submitted, this, &ChatPage::send);
    connect(attachButton, &QToolButton::clicked, pictures_, &PictureStrip::choose);
    connect(send_, &QPushButton::clicked, this, [this] {
        if (controller_.state() == ChatController::State::idle)
            send();
        else
            controller_.stop();
    });
    auto* frame = new QWidget;
    auto* around = new QVBoxLayout(frame);
    around->setContentsMargins(18, 0, 18, 12);
    around->addWidget(card);
    return frame;
}

void ChatPage::connectController() {
    auto* model = controller_.messages();
    connect(model, &QAbstractItemModel::modelReset, this, &ChatPage::rebuildMessages);
    connect(model, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex&, int row) { addMessage(row); });
    connect(model, &QAbstractItemModel::rowsRemoved, this, &ChatPage::rebuildMessages);
    connect(model, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex& first) { updateMessage(first.row()); });
    connect(&controller_, &ChatController::stateChanged, this, &ChatPage::updateState);
    connect(&controller_, &ChatController::modelChanged, this, &ChatPage::updateModel);
    connect(&controller_, &ChatController::settingsChanged, this, &ChatPage::updateDropped);
    connect(&controller_, &ChatController::draftRestored, this, [this](const QString& text) {
        if (prompt_->toPlainText() != text)
            prompt_->setPlainText(text);
    });
    connect(&controller_, &ChatController::editingChanged, this, [this] {
        updateNotices();
        if (controller_.isEditing())
            focusPrompt();
    });
    const auto say = [this](const QString& text) {
        exportNotice_->setText(text);
        exportNotice_->show();
    };
    connect(&controller_, &ChatController::exported, this,
            [say](const QString& file) { say(tr("Written to %1").arg(file)); });
    connect(&controller_, &ChatController::exportFailed, this, say);
    connect(&controller_.tray(), &PictureTray::refused, this, say);
    connect(&controller_, &ChatController::picturesChanged, this, &ChatPage::updatePictures);
    connect(&Theme::instance(), &Theme::changed, this, &ChatPage::updateModel);
}

void ChatPage::rebuildMessages() {
    for (auto* view : views_)
        retire(view);
    views_.clear();
    followsEnd_ = true;
    for (int row = 0; row <= lastRow(); ++row)
        addMessage(row);
    empty_->setVisible(views_.isEmpty());
    updateDropped();
}

void ChatPage::updateDropped() {
    const int first = controller_.firstSentRow();
    for (int row = 0; row < views_.size(); ++row)
        views_[row]->setDroppedBefore(row == first ? first : 0);
}

void ChatPage::addMessage(int row) {
    auto* view = new MessageView(controller_.messages()->message(row));
    view->setTools(controller_.conversationSettings().tools);
    connectView(view, row);
    messages_->insertWidget(messages_->count() - 1, view);
    views_.push_back(view);
    empty_->hide();
    followsEnd_ = true;
    if (row > 0)
        updateMessage(row - 1);  // no longer the last one
    updateMessage(row);
}

void ChatPage::updateMessage(int row) {
    if (row < views_.size())
        views_[row]->show(controller_.messages()->message(row), row == lastRow(), busyText(),
                          controller_.messages()->branch(row));
}

QString ChatPage::busyText() const {
    switch (controller_.state()) {
        case ChatController::State::loading:
            return tr("Loading %1…").arg(modelTitle(controller_.model().model));
        case ChatController::State::answering:
            return tr("Reading the prompt…");
        case ChatController::State::stopping:
            return tr("Stopping…");
        case ChatController::State::idle:
            break;
    }
    return {};
}

void ChatPage::updateState() {
    const auto state = controller_.state();
    const bool idle = state == ChatController::State::idle;
    const QString whyNot = controller_.whyNot();
    send_->setText(idle                                       ? tr("Send")
                   : state == ChatController::State::stopping ? tr("Stopping…")
                                                              : tr("Stop"));
    send_->setAccessibleName(send_->text());
    send_->setEnabled(idle ? whyNot.isEmpty() : state != ChatController::State::stopping);
    send_->setToolTip(!idle ? tr("Stop (Esc)") : whyNot.isEmpty() ? tr("Send (Enter)") : whyNot);
    setStyleProperty(send_, "kind", idle ? "primary" : "stop");
    model_->setEnabled(idle);
    export_->setEnabled(controller_.messages()->count() > 0);
    updateNotices();
    updatePictures();
    if (lastRow() >= 0)
        updateMessage(lastRow());
    const auto& loaded = controller_.loadedModel();
    const qint64 most = loaded ? loaded->context : 0;
    context_->setRange(0, static_cast<int>(std::max<qint64>(most, 1)));
    context_->setValue(static_cast<int>(std::min(controller_.contextUsed(), most)));
    contextText_->setText(most > 0
                              ? tr("%1 of %2").arg(shortCount(controller_.contextUsed()), shortCount(most))
                              : tr("not loaded"));
    contextText_->setToolTip(most > 0 ? tr("%1 of %2 tokens").arg(controller_.contextUsed()).arg(most)
                                      : QString());
}

void ChatPage::updateModel() {
    const auto& loaded = controller_.loadedModel();
    const QString path = controller_.model().model;
    const QString variant = loaded ? QString::fromStdString(loaded->config.variant) : variantOfModel(path);
    model_->setText(modelFullTitle(path, variant) + QStringLiteral(" ▾"));
    model_->setToolTip(path);
    const QColor colour =
        variant.isEmpty() ? Theme::instance().tokens().line : Theme::instance().variantColor(variant);
    dot_->setStyleSheet(QStringLiteral("background: %1; border-radius: 3px;").arg(colour.name()));
    updateState();
}

}  // namespace ui
