#pragma once

#include <QHash>
#include <QObject>
#include <QTimer>
#include <filesystem>
#include <optional>
#include <stop_token>

#include "engine/conversation/conversation_dialog.h"
#include "ui/controllers/conversation_shelf.h"
#include "ui/controllers/model_sight.h"
#include "ui/controllers/picture_tray.h"
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
    enum class ContextNeed { none, nearlyFull, full };

    ChatController(const Settings& settings, std::filesystem::path worker, QObject* parent = nullptr);

    ConversationShelf& shelf() { return shelf_; }
    ConversationModel* conversations() { return shelf_.conversations(); }
    MessageModel* messages() { return &messages_; }
    /// What a model reads up to the last question at or above `row`, that question last; empty where nobody
    /// asked.
    engine::Dialog dialogUpTo(int row) const;
    State state() const { return state_; }
    const LaneChoice& model() const { return model_; }
    const GenerationChoice& generation() const { return generation_; }
    const QString& systemPrompt() const { return systemPrompt_; }
    const QString& draft() const { return draft_; }
    qint64 conversationId() const { return conversation_.id; }
    const std::optional<engine::LoadedModel>& loadedModel() const { return loaded_; }
    /// Tokens of context that the last answer left used; 0 before one.
    qint64 contextUsed() const { return contextUsed_; }
    /// Whether the context is (nearly) full and the person has not chosen yet what to do.
    ContextNeed contextNeed() const;
    /// A larger context that the loaded model may have; 0 for none.
    qint64 largerContext() const;
    const engine::ConversationSettings& conversationSettings() const { return settings_; }
    /// The first row that is still sent to the model: the oldest turns may have been dropped.
    int firstSentRow() const;
    const QString& title() const { return title_; }
    bool isEditing() const { return editedRow_ >= 0; }
    QString whyNot() const;
    PictureTray& tray() { return tray_; }
    /// How the model sees; nothing where it does not, or is not known to.
    std::optional<engine::VisionConfig> vision() const;
    /// Why the pictures of the chat or of the tray cannot be sent as things are; empty when they can.
    QString whyNoPictures() const;

    void setModel(const LaneChoice& model);
    /// Another model with the settings of the one before; a model that drafted for that one no longer does.
    void chooseModel(const QString& path);
    void setGeneration(const GenerationChoice& generation) { generation_ = generation; }
    void setLoadDefaults(const LoadDefaults& defaults) { defaults_ = defaults; }
    void setSystemPrompt(const QString& text);
    void setDraft(const QString& text);
    void send();
    void stop();
    void regenerate();  ///< answers the last message again
    /// Answers again at `row` (an answer), beside what is there; with another model unless it is empty. What
    /// whyNoPictures() says of pictures up to there holds as for sending: nothing is answered then.
    void regenerateAt(int row, const QString& model = {});
    /// Takes the user's message at `row` into the draft; sending makes a branch beside it.
    void beginEdit(int row);
    void cancelEdit();
    void switchBranch(int row, int step);
    /// The results of the calls in the last answer, in their order; then the model goes on.
    void sendResults(const QStringList& results);
    /// Function definitions as JSON and where they stand in the prompt.
    void setTools(const QString& definitions, engine::ToolPlace place);
    void dropOldestTurns();
    void useLargerContext();
    void keepContext();  ///< leaves the full context as it is
    void newConversation();
    /// Shows the branch with `messageId` unless it is 0.
    void openConversation(qint64 id, qint64 messageId = 0);
    void deleteConversation(qint64 id);
    void exportConversation(const QString& file);
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
    void saveMessageRequested(quint64 key, quint64 parentKey, quint64 conversationKey,
                              engine::MessageRow row);
    void saveLeafRequested(quint64 conversationKey, quint64 messageKey, qint64 messageId);
    void exportRequested(qint64 id, QString file);
    void exported(QString file);
    void exportFailed(QString message);
    void deleteConversationRequested(qint64 id);
    void readConversationsRequested();
    void readMessagesRequested(qint64 conversationId);
    void stateChanged();
    void modelChanged();
    void conversationChanged();  ///< another one is open; its messages follow
    void draftRestored(QString text);
    void picturesChanged();  ///< of the tray, or what the model can see of them
    void settingsChanged();  ///< of the open conversation
    void editingChanged();

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
    ChatRequest requestFor(engine::Dialog dialog) const;
    static QString titleOf(const QString& text, const QVector<Picture>& pictures);
    void saveLeaf();
    void saveSettings();
    void countContext();
    void appendMessage(engine::Role role, const QString& text);
    /// What is typed and has not been sent, with its pictures.
    struct Draft {
        quint64 key = 0;
        qint64 id = 0;
        QString text;
        QVector<Picture> pictures;
    };
    void takeDraft(const Draft& draft);
    Draft currentDraft() const { return {draftKey_, draftId_, draft_, tray_.pictures()}; }
    /// Whether messages that go with the next one have pictures.
    bool sendsPictures() const;
    /// Of what is sent, the rows before `end`.
    bool picturesBefore(int end) const;
    /// Why pictures cannot be sent to the model as things are.
    QString whyNotSeen() const;
    void answerAgain();
    /// Whether the model is one that cannot see.
    bool isBlind() const;
    void onTrayChanged();
    void readPreviews(const std::vector<engine::MessageRow>& rows);

    ConversationShelf shelf_;
    MessageModel messages_;
    LaneChoice model_;
    GenerationChoice generation_;
    LoadDefaults defaults_;
    QString systemPrompt_;
    QString title_;
    engine::ConversationSettings settings_;
    int editedRow_ = -1;
    int againRow_ = -1;  // answered again once it is known whether the model sees
    Draft keptDraft_;    // what was typed before a message was edited
    PictureTray tray_;
    mutable ModelSight sight_;
    PictureReader previews_;
    QHash<quint64, std::string> previewed_;  // digests by reading
    qint64 wantedMessage_ = 0;
    bool contextFull_ = false;
    bool contextKept_ = false;
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
