#pragma once

#include <QObject>
#include <QTimer>
#include <filesystem>
#include <optional>
#include <stop_token>

#include "ui/models/conversation_model.h"
#include "ui/models/message_model.h"
#include "ui/settings.h"
#include "ui/workers/chat_worker.h"

namespace ui {

/// The state of the chat page, without widgets: conversations, the open one, and the answer in progress. What
/// is typed and what is streamed is handed to the database as it appears (a draft is a user message with
/// status "draft").
class ChatController : public QObject {
    Q_OBJECT

public:
    enum class State { idle, loading, answering, stopping };

    ChatController(const Settings& settings, std::filesystem::path worker, QObject* parent = nullptr);

    ConversationModel* conversations() { return &conversations_; }
    MessageModel* messages() { return &messages_; }
    State state() const { return state_; }
    const LaneChoice& model() const { return model_; }
    const GenerationChoice& generation() const { return generation_; }
    const QString& systemPrompt() const { return systemPrompt_; }
    const QString& draft() const { return draft_; }
    qint64 conversationId() const { return conversation_.id; }
    const std::optional<engine::LoadedModel>& loadedModel() const { return loaded_; }
    /// Tokens of context that the last answer left used; 0 before one.
    qint64 contextUsed() const { return contextUsed_; }
    QString whyNot() const;

    void setModel(const LaneChoice& model);
    /// Another model with the settings of the one before; a model that drafted for that one no longer does.
    void chooseModel(const QString& path);
    void setGeneration(const GenerationChoice& generation) { generation_ = generation; }
    void setSystemPrompt(const QString& text);
    void setDraft(const QString& text);
    void send();
    void stop();
    void regenerate();  ///< answers the last message again
    void newConversation();
    void openConversation(qint64 id);
    void deleteConversation(qint64 id);
    /// Stops what is answered and writes everything; called before the window closes.
    void close();

public slots:
    void onLoading(quint64 runId);
    void onLoaded(quint64 runId, engine::LoadedModel model);
    void onProgressed(quint64 runId, QString text);
    void onFinished(quint64 runId, engine::GenerationRecord record);
    void onFailed(quint64 runId, engine::Error error);
    void onConversationSaved(quint64 key, qint64 id);
    void onConversationsRead(std::vector<engine::ConversationRow> rows);
    void onMessagesRead(qint64 conversationId, std::vector<engine::MessageRow> rows);

signals:
    void runRequested(quint64 runId, ui::ChatRequest request, std::stop_token stop);
    void saveConversationRequested(quint64 key, engine::ConversationRow row);
    void saveMessageRequested(quint64 key, quint64 conversationKey, engine::MessageRow row);
    void deleteConversationRequested(qint64 id);
    void readConversationsRequested();
    void readMessagesRequested(qint64 conversationId);
    void stateChanged();
    void modelChanged();
    void conversationChanged();  ///< another one is open; its messages follow
    void draftRestored(QString text);

private:
    quint64 nextKey() { return ++lastKey_; }
    /// Writes what waits for the next tick.
    void flush();
    void setState(State state);
    void saveConversation(const QString& titleFrom);
    void saveMessage(int row);
    void saveDraft();
    void beginAnswer();
    void endAnswer(const QString& text, const std::string& status, const std::string& metrics);
    engine::GenerationRequest request() const;

    ConversationModel conversations_;
    MessageModel messages_;
    LaneChoice model_;
    GenerationChoice generation_;
    QString systemPrompt_;
    QString draft_;
    std::filesystem::path worker_;
    State state_ = State::idle;
    engine::ConversationRow conversation_;
    quint64 conversationKey_ = 0;  // 0: nothing saved yet
    quint64 draftKey_ = 0;
    qint64 draftId_ = 0;
    quint64 lastKey_ = 0;
    quint64 runId_ = 0;
    std::optional<engine::LoadedModel> loaded_;
    qint64 contextUsed_ = 0;
    std::stop_source stop_;
    QTimer saveTimer_;
    bool draftChanged_ = false;
    bool answerChanged_ = false;
};

}  // namespace ui
