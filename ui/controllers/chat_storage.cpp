// Conversations of the chat page in the database: what is written when, branches, and what comes back.
#include <QHash>
#include <algorithm>
#include <utility>

#include "engine/conversation/context_window.h"
#include "engine/conversation/conversation_dialog.h"
#include "ui/controllers/chat_controller.h"

namespace ui {
namespace {

constexpr int kTitleLength = 60;

QVector<Picture> withoutPreviews(const engine::MessageRow& row) {
    QVector<Picture> pictures;
    for (const auto& picture : row.pictures)
        pictures.push_back({picture, {}});
    return pictures;
}

}  // namespace

void ChatController::flush() {
    if (draftChanged_)
        saveDraft();
    if (answerChanged_ && messages_.count() > 0)
        saveMessage(messages_.count() - 1);
    draftChanged_ = answerChanged_ = false;
}

void ChatController::saveConversation(const QString& titleFrom) {
    if (conversationKey_ == 0)
        conversationKey_ = nextKey();
    const QString title = titleFrom.simplified().left(kTitleLength);
    if (!title.isEmpty())
        conversation_.title = title.toStdString();
    conversation_.model = model_.model.toStdString();
    conversation_.systemPrompt = systemPrompt_.toStdString();
    conversation_.settings = engine::settingsJson(settings_);
    title_ = QString::fromStdString(conversation_.title);
    emit saveConversationRequested(conversationKey_, conversation_);
}

void ChatController::saveDraft() {
    const QString text = draft_.trimmed();
    if (text.isEmpty() && tray_.isEmpty() && draftKey_ == 0)
        return;
    if (conversationKey_ == 0)
        saveConversation(titleOf(text, tray_.pictures()));
    if (draftKey_ == 0)
        draftKey_ = nextKey();
    engine::MessageRow row;
    row.id = draftId_;
    row.role = engine::Role::user;
    row.content = draft_.toStdString();
    row.status = "draft";
    row.pictures = tray_.rows();
    emit saveMessageRequested(draftKey_, 0, conversationKey_, row);
}

void ChatController::saveMessage(int row) {
    const auto& message = messages_.message(row);
    emit saveMessageRequested(message.key, message.parentKey, conversationKey_, message.row);
}

void ChatController::newConversation() {
    close();
    conversation_ = {};
    conversationKey_ = 0;
    takeDraft({});
    draftChanged_ = false;
    previews_.forgetWaiting();
    previewed_.clear();
    contextUsed_ = 0;
    contextFull_ = contextKept_ = false;
    editedRow_ = -1;
    keptDraft_ = {};
    wantedMessage_ = 0;
    settings_ = {};
    title_.clear();
    messages_.setMessages({});
    emit editingChanged();
    emit settingsChanged();
    emit conversationChanged();
    emit stateChanged();
}

void ChatController::openConversation(qint64 id, qint64 messageId) {
    if (id == conversation_.id && messageId == 0)
        return;
    const auto* row = shelf_.list().conversation(id);
    if (row == nullptr)
        return;
    const auto opened = *row;
    newConversation();
    conversation_ = opened;
    conversationKey_ = nextKey();
    wantedMessage_ = messageId != 0 ? messageId : opened.leafId.value_or(0);
    title_ = QString::fromStdString(opened.title);
    settings_ = engine::settingsFromJson(opened.settings);
    systemPrompt_ = QString::fromStdString(opened.systemPrompt);
    if (!opened.model.empty())
        chooseModel(QString::fromStdString(opened.model));
    emit settingsChanged();
    emit conversationChanged();
    emit readMessagesRequested(id);
}

void ChatController::deleteConversation(qint64 id) {
    if (id == conversation_.id)
        newConversation();
    emit deleteConversationRequested(id);
}

void ChatController::onMessagesRead(qint64 conversationId, std::vector<engine::MessageRow> rows) {
    if (conversationId != conversation_.id || messages_.count() > 0)
        return;
    readPreviews(rows);
    std::vector<ChatMessage> messages;
    QHash<qint64, quint64> keys;
    for (auto& row : rows) {
        if (row.status == "draft") {
            // An edit that was not sent, or what was typed before.
            if (draftId_ == 0 || !row.content.empty() || !row.pictures.empty())
                takeDraft({nextKey(), row.id, QString::fromStdString(row.content), withoutPreviews(row)});
            continue;
        }
        ChatMessage message;
        message.key = nextKey();
        message.parentKey = keys.value(row.parentId.value_or(0));
        message.text = QString::fromStdString(row.content);
        keys.insert(row.id, message.key);
        message.row = std::move(row);
        if (message.row.status == "streaming")
            message.row.status = "cancelled";  // the program ended while it was written
        messages.push_back(std::move(message));
    }
    messages_.setMessages(std::move(messages), keys.value(wantedMessage_));
    countContext();
    emit draftRestored(draft_);
    emit stateChanged();
}

void ChatController::onConversationSaved(quint64 key, qint64 id) {
    if (key == conversationKey_)
        conversation_.id = id;
    emit readConversationsRequested();
}

void ChatController::onConversationsRead(std::vector<engine::ConversationRow> rows) {
    shelf_.onConversationsRead(std::move(rows));
    emit conversationChanged();
}

void ChatController::takeDraft(const Draft& draft) {
    draftKey_ = draft.key;
    draftId_ = draft.id;
    draft_ = draft.text;
    tray_.setPictures(draft.pictures);
    emit draftRestored(draft.text);
}

void ChatController::beginEdit(int row) {
    if (state_ != State::idle || row < 0 || row >= messages_.count() ||
        messages_.message(row).row.role != engine::Role::user)
        return;
    cancelEdit();
    flush();
    keptDraft_ = currentDraft();
    editedRow_ = row;
    const auto& message = messages_.message(row);
    auto pictures = withoutPreviews(message.row);
    for (std::size_t i = 0; i < message.previews.size(); ++i)
        pictures[static_cast<int>(i)].preview = message.previews[i];
    takeDraft({0, 0, message.text, pictures});
    draftChanged_ = false;
    emit editingChanged();
    emit stateChanged();
}

void ChatController::cancelEdit() {
    if (!isEditing())
        return;
    if (draftKey_ != 0) {  // what was typed of the edit is given up
        draft_.clear();
        tray_.clear();
        saveDraft();
    }
    editedRow_ = -1;
    takeDraft(std::exchange(keptDraft_, {}));
    draftChanged_ = false;
    emit editingChanged();
    emit stateChanged();
}

void ChatController::switchBranch(int row, int step) {
    if (state_ != State::idle || row < 0 || row >= messages_.count())
        return;
    cancelEdit();
    if (!messages_.switchBranch(row, step))
        return;
    saveConversation({});
    saveLeaf();
    countContext();
    emit stateChanged();
}

void ChatController::saveLeaf() {
    if (messages_.count() > 0)
        emit saveLeafRequested(conversationKey_, messages_.lastKey(),
                               messages_.message(messages_.count() - 1).row.id);
}

void ChatController::saveSettings() {
    if (conversationKey_ != 0)  // a new chat keeps them until its first message makes its row
        saveConversation({});
    emit settingsChanged();
    emit stateChanged();
}

void ChatController::setTools(const QString& definitions, engine::ToolPlace place) {
    settings_.tools = definitions.toStdString();
    settings_.toolPlace = place;
    saveSettings();
}

int ChatController::firstSentRow() const {
    if (settings_.droppedTurns == 0)
        return 0;
    return static_cast<int>(engine::firstSent(messages_.shownRows(), settings_.droppedTurns));
}

void ChatController::countContext() {
    contextFull_ = contextKept_ = false;
    contextUsed_ = engine::tokensUsed(messages_.shownRows());
}

ChatController::ContextNeed ChatController::contextNeed() const {
    if (contextKept_ || state_ != State::idle)
        return ContextNeed::none;
    if (contextFull_)
        return ContextNeed::full;
    const qint64 most = loaded_ ? loaded_->context : 0;
    if (most == 0 || contextUsed_ * 10 < most * 9)
        return ContextNeed::none;
    return contextUsed_ >= most ? ContextNeed::full : ContextNeed::nearlyFull;
}

qint64 ChatController::largerContext() const {
    return loaded_ ? engine::largerContext(loaded_->context, loaded_->config.contextLength) : 0;
}

void ChatController::dropOldestTurns() {
    const auto turns = engine::turnTokens(messages_.shownRows());
    const qint64 most = loaded_ ? loaded_->context : contextUsed_;
    const auto reserve = std::min<qint64>(generation_.maxTokens, most / 2);
    const auto fixed = systemPrompt_.isEmpty() ? 0 : engine::estimatedTokens(systemPrompt_.toStdString());
    const auto dropped = static_cast<std::int64_t>(engine::turnsToDrop(turns, fixed, reserve, most));
    settings_.droppedTurns =
        std::max(settings_.droppedTurns + (dropped <= settings_.droppedTurns ? 1 : 0), dropped);
    contextFull_ = false;
    contextKept_ = true;
    saveSettings();
}

void ChatController::useLargerContext() {
    const qint64 larger = largerContext();
    if (larger == 0)
        return;
    settings_.context = larger;
    loaded_.reset();
    contextFull_ = false;
    saveSettings();
    emit modelChanged();
}

void ChatController::keepContext() {
    contextKept_ = true;
    emit stateChanged();
}

void ChatController::exportConversation(const QString& file) {
    flush();
    if (conversation_.id != 0)
        emit exportRequested(conversation_.id, file);
}

}  // namespace ui
