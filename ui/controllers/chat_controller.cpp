#include "ui/controllers/chat_controller.h"

#include "ui/controllers/answer_metrics.h"
#include "ui/controllers/compare_controller.h"

namespace ui {
namespace {

constexpr int kSaveGapMs = 250;  // at most this much typing or streaming is lost to a crash
constexpr int kTitleLength = 60;

}  // namespace

ChatController::ChatController(const Settings& settings, std::filesystem::path worker, QObject* parent)
    : QObject(parent),
      model_(settings.chatModel),
      generation_(settings.chat),
      systemPrompt_(settings.systemPrompt),
      worker_(std::move(worker)) {
    saveTimer_.setInterval(kSaveGapMs);
    saveTimer_.setSingleShot(true);
    connect(&saveTimer_, &QTimer::timeout, this, &ChatController::flush);
}

QString ChatController::whyNot() const {
    if (state_ != State::idle)
        return tr("An answer is being written");
    return draft_.trimmed().isEmpty() ? tr("Type a message first") : QString();
}

void ChatController::setModel(const LaneChoice& model) {
    if (model_ == model)
        return;
    LaneChoice asBefore = model;  // lookup needs nothing loaded
    for (auto* choice : {&asBefore, &model_})
        if (choice->draft == kLookupDraft)
            choice->draft.clear();
    if (asBefore != model_)
        loaded_.reset();
    model_ = model;
    emit modelChanged();
}

void ChatController::chooseModel(const QString& path) {
    LaneChoice choice = model_;
    choice.model = path;
    if (path != model_.model && choice.draft != kLookupDraft)
        choice.draft.clear();
    setModel(choice);
}

void ChatController::setSystemPrompt(const QString& text) {
    systemPrompt_ = text;
    if (conversationKey_ != 0)
        saveConversation({});
}

void ChatController::setDraft(const QString& text) {
    if (draft_ == text)
        return;
    draft_ = text;
    draftChanged_ = true;
    if (!saveTimer_.isActive())
        saveTimer_.start();
    emit stateChanged();
}

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
    emit saveConversationRequested(conversationKey_, conversation_);
}

void ChatController::saveDraft() {
    const QString text = draft_.trimmed();
    if (text.isEmpty() && draftKey_ == 0)
        return;
    if (conversationKey_ == 0)
        saveConversation(text);
    if (draftKey_ == 0)
        draftKey_ = nextKey();
    engine::MessageRow row;
    row.id = draftId_;
    row.role = engine::Role::user;
    row.content = draft_.toStdString();
    row.status = "draft";
    emit saveMessageRequested(draftKey_, conversationKey_, row);
}

void ChatController::saveMessage(int row) {
    const auto& message = messages_.message(row);
    emit saveMessageRequested(message.key, conversationKey_, message.row);
}

void ChatController::send() {
    if (!whyNot().isEmpty())
        return;
    const QString text = draft_.trimmed();
    const bool first = messages_.count() == 0;
    saveConversation(first ? text : QString());
    ChatMessage message;
    message.key = draftKey_ != 0 ? draftKey_ : nextKey();  // the draft becomes the message
    message.row.id = draftId_;
    message.row.role = engine::Role::user;
    message.row.content = text.toStdString();
    message.row.status = "complete";
    message.text = text;
    messages_.append(std::move(message));
    saveMessage(messages_.count() - 1);
    draft_.clear();
    draftChanged_ = false;
    draftKey_ = 0;
    draftId_ = 0;
    emit draftRestored({});
    beginAnswer();
}

void ChatController::beginAnswer() {
    const auto generation = request();
    ChatMessage answer;
    answer.key = nextKey();
    answer.row.role = engine::Role::assistant;
    answer.row.status = "streaming";
    messages_.append(std::move(answer));
    saveMessage(messages_.count() - 1);
    stop_ = std::stop_source();
    ++runId_;
    setState(loaded_ ? State::answering : State::loading);
    emit runRequested(runId_, ChatRequest{loadRequestOf(model_), generation, worker_}, stop_.get_token());
    emit readConversationsRequested();
}

engine::GenerationRequest ChatController::request() const {
    engine::GenerationRequest request;
    if (!systemPrompt_.trimmed().isEmpty())
        request.messages.push_back({engine::Role::system, systemPrompt_.trimmed().toStdString()});
    for (int row = 0; row < messages_.count(); ++row) {
        const auto& message = messages_.message(row);
        // Failed answers said nothing; leaving them in would teach the model to be silent.
        if (message.row.status != "failed" && !message.row.content.empty())
            request.messages.push_back({message.row.role, message.row.content});
    }
    request.style = engine::PromptStyle::dialog;
    request.sampling = samplingOf(generation_);
    request.speculation = speculationOf(model_);
    request.maxTokens = generation_.maxTokens;
    return request;
}

void ChatController::regenerate() {
    if (state_ != State::idle || messages_.count() == 0)
        return;
    const auto& last = messages_.message(messages_.count() - 1);
    if (last.row.role != engine::Role::assistant) {
        beginAnswer();
        return;
    }
    // The earlier answer stays in the database as it was; in the dialog a new one takes its place.
    messages_.setContent(messages_.count() - 1, last.text, "replaced", last.row.metrics);
    saveMessage(messages_.count() - 1);
    messages_.removeLast();
    beginAnswer();
}

void ChatController::stop() {
    if (state_ != State::loading && state_ != State::answering)
        return;
    stop_.request_stop();
    setState(State::stopping);
}

void ChatController::close() {
    stop();
    flush();
    if (state_ != State::idle)
        endAnswer(messages_.message(messages_.count() - 1).text, "cancelled", {});
    ++runId_;  // late answers belong to what is closed
}

void ChatController::newConversation() {
    close();
    conversation_ = {};
    conversationKey_ = 0;
    draftKey_ = 0;
    draftId_ = 0;
    draft_.clear();
    contextUsed_ = 0;
    messages_.setMessages({});
    emit draftRestored({});
    emit conversationChanged();
    emit stateChanged();
}

void ChatController::openConversation(qint64 id) {
    if (id == conversation_.id)
        return;
    const auto* row = conversations_.conversation(id);
    if (row == nullptr)
        return;
    const auto opened = *row;
    newConversation();
    conversation_ = opened;
    conversationKey_ = nextKey();
    systemPrompt_ = QString::fromStdString(opened.systemPrompt);
    if (!opened.model.empty())
        chooseModel(QString::fromStdString(opened.model));
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
    std::vector<ChatMessage> messages;
    for (auto& row : rows) {
        if (row.status == "replaced")
            continue;
        if (row.status == "draft") {
            draftId_ = row.id;
            draftKey_ = nextKey();
            draft_ = QString::fromStdString(row.content);
            continue;
        }
        ChatMessage message;
        message.key = nextKey();
        message.text = QString::fromStdString(row.content);
        message.row = std::move(row);
        if (message.row.status == "streaming")
            message.row.status = "cancelled";  // the program ended while it was written
        messages.push_back(std::move(message));
    }
    messages_.setMessages(std::move(messages));
    emit draftRestored(draft_);
    emit stateChanged();
}

void ChatController::onConversationSaved(quint64 key, qint64 id) {
    if (key == conversationKey_)
        conversation_.id = id;
    emit readConversationsRequested();
}

void ChatController::onConversationsRead(std::vector<engine::ConversationRow> rows) {
    conversations_.setConversations(std::move(rows), QDate::currentDate());
    emit conversationChanged();
}

void ChatController::onLoading(quint64 runId) {
    if (runId == runId_ && state_ == State::answering)
        setState(State::loading);
}

void ChatController::onLoaded(quint64 runId, engine::LoadedModel model) {
    if (runId != runId_)
        return;
    loaded_ = std::move(model);
    if (state_ == State::loading)
        setState(State::answering);
    emit modelChanged();
}

void ChatController::onProgressed(quint64 runId, QString text) {
    if (runId != runId_ || state_ == State::idle)
        return;
    messages_.appendText(messages_.count() - 1, text);
    answerChanged_ = true;
    if (!saveTimer_.isActive())
        saveTimer_.start();
}

void ChatController::onFinished(quint64 runId, engine::GenerationRecord record) {
    if (runId != runId_ || state_ == State::idle)
        return;
    contextUsed_ =
        static_cast<qint64>(record.promptTokens.size()) + static_cast<qint64>(record.tokens.size());
    const bool stopped = record.finishReason == engine::FinishReason::cancelled;
    endAnswer(QString::fromStdString(record.text).trimmed(), stopped ? "cancelled" : "complete",
              answerMetrics(record));
}

void ChatController::onFailed(quint64 runId, engine::Error error) {
    if (runId != runId_ || state_ == State::idle)
        return;
    const bool stopped = error.code == engine::ErrorCode::cancelled;
    const QString written = messages_.message(messages_.count() - 1).text;
    if (stopped)
        endAnswer(written, "cancelled", {});
    else
        endAnswer(written.isEmpty() ? QString::fromStdString(error.message) : written, "failed",
                  errorMetrics(error));
}

void ChatController::endAnswer(const QString& text, const std::string& status, const std::string& metrics) {
    messages_.setContent(messages_.count() - 1, text, status, metrics);
    saveMessage(messages_.count() - 1);
    answerChanged_ = false;
    setState(State::idle);
}

void ChatController::setState(State state) {
    state_ = state;
    emit stateChanged();
}

}  // namespace ui
