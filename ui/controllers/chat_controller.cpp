#include "ui/controllers/chat_controller.h"

#include <utility>

#include "engine/conversation/conversation_dialog.h"
#include "ui/controllers/answer_metrics.h"
#include "ui/controllers/compare_controller.h"

namespace ui {
namespace {

constexpr int kSaveGapMs = 250;  // at most this much typing or streaming is lost to a crash

}  // namespace

ChatController::ChatController(const Settings& settings, std::filesystem::path worker, QObject* parent)
    : QObject(parent),
      model_(settings.chatModel),
      generation_(settings.chat),
      defaults_(settings.loadDefaults),
      systemPrompt_(settings.systemPrompt),
      worker_(std::move(worker)) {
    saveTimer_.setInterval(kSaveGapMs);
    saveTimer_.setSingleShot(true);
    connect(&saveTimer_, &QTimer::timeout, this, &ChatController::flush);
    connect(&tray_, &PictureTray::changed, this, &ChatController::onTrayChanged);
    connect(&sight_, &ModelSight::changed, this, [this] {
        emit picturesChanged();
        emit stateChanged();
        answerAgain();
    });
    connect(this, &ChatController::conversationChanged, this, [this] { againRow_ = -1; });
    connect(&previews_, &PictureReader::read, this, [this](quint64 id, const Picture& picture) {
        messages_.setPreview(previewed_.take(id), picture.preview);
    });
    connect(&previews_, &PictureReader::failed, this, [this](quint64 id) { previewed_.remove(id); });
    connect(this, &ChatController::modelChanged, this, &ChatController::picturesChanged);
    connect(this, &ChatController::settingsChanged, this, &ChatController::picturesChanged);
    connect(&shelf_, &ConversationShelf::renamed, this, [this](qint64 id, const QString& title) {
        if (id != conversation_.id)
            return;
        title_ = title;
        conversation_.title = title.toStdString();
        emit conversationChanged();
    });
}

QString ChatController::whyNot() const {
    if (state_ != State::idle)
        return tr("An answer is being written");
    if (draft_.trimmed().isEmpty() && tray_.isEmpty())
        return tr("Type a message first");
    if (tray_.isReading())
        return tr("A picture is still being read");
    return whyNoPictures();
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

void ChatController::send() {
    if (!whyNot().isEmpty())
        return;
    const QString text = draft_.trimmed();
    const auto pictures = tray_.pictures();
    if (isEditing()) {
        messages_.truncate(editedRow_);
        editedRow_ = -1;
    }
    saveConversation(messages_.count() == 0 ? titleOf(text, pictures) : QString());
    ChatMessage message;
    for (const auto& picture : pictures) {
        message.row.pictures.push_back(picture.row);
        message.previews.push_back(picture.preview);
    }
    message.key = draftKey_ != 0 ? draftKey_ : nextKey();  // the draft becomes the message
    message.row.id = draftId_;
    message.row.role = engine::Role::user;
    message.row.content = text.toStdString();
    message.row.status = "complete";
    message.text = text;
    messages_.append(std::move(message));
    saveMessage(messages_.count() - 1);
    takeDraft(std::exchange(keptDraft_, {}));
    draftChanged_ = false;
    emit editingChanged();
    beginAnswer();
}

void ChatController::appendMessage(engine::Role role, const QString& text) {
    ChatMessage message;
    message.key = nextKey();
    message.row.role = role;
    message.row.content = text.toStdString();
    message.row.status = "complete";
    message.text = text;
    messages_.append(std::move(message));
    saveMessage(messages_.count() - 1);
}

void ChatController::beginAnswer() {
    againRow_ = -1;
    saveConversation({});
    auto request =
        requestFor(engine::dialogOf(systemPrompt_.trimmed().toStdString(), settings_, messages_.shownRows()));
    ChatMessage answer;
    answer.key = nextKey();
    answer.row.role = engine::Role::assistant;
    answer.row.status = "streaming";
    answer.row.model = model_.model.toStdString();
    messages_.append(std::move(answer));
    saveMessage(messages_.count() - 1);
    saveLeaf();
    contextFull_ = contextKept_ = false;
    stop_ = std::stop_source();
    ++runId_;
    setState(loaded_ ? State::answering : State::loading);
    request.load = loadRequestOf(model_, defaults_);
    if (settings_.context > 0)
        request.load.context = settings_.context;
    emit runRequested(runId_, std::move(request), stop_.get_token());
    emit readConversationsRequested();
}

engine::Dialog ChatController::dialogUpTo(int row) const {
    auto rows = messages_.shownRows();
    rows.resize(std::min(rows.size(), static_cast<std::size_t>(row + 1)));
    while (!rows.empty() && rows.back().role != engine::Role::user)
        rows.pop_back();
    return rows.empty() ? engine::Dialog{}
                        : engine::dialogOf(systemPrompt_.trimmed().toStdString(), settings_, rows);
}

ChatRequest ChatController::requestFor(engine::Dialog dialog) const {
    ChatRequest request;
    request.worker = worker_;
    request.pictures = std::move(dialog.pictures);
    auto& generation = request.generation;
    generation.messages = std::move(dialog.messages);
    generation.offersTools = dialog.offersTools;
    generation.style = engine::PromptStyle::dialog;
    generation.sampling = samplingOf(generation_);
    generation.speculation = speculationOf(model_);
    generation.maxTokens = generation_.maxTokens;
    return request;
}

void ChatController::regenerate() {
    regenerateAt(messages_.count() - 1);
}

void ChatController::regenerateAt(int row, const QString& model) {
    if (state_ != State::idle || row < 0 || row >= messages_.count())
        return;
    cancelEdit();
    if (!model.isEmpty())
        chooseModel(model);
    againRow_ = row;
    answerAgain();
}

void ChatController::answerAgain() {
    if (state_ != State::idle || againRow_ < 0 || againRow_ >= messages_.count())
        return;
    if (picturesBefore(againRow_ + 1)) {
        sight_.of(model_.model);
        if (!loaded_ && !sight_.isRead(model_.model))
            return;  // changed() comes back here
        if (!whyNotSeen().isEmpty()) {
            againRow_ = -1;
            return;
        }
    }
    // The earlier answer stays: the new one stands beside it.
    const int row = std::exchange(againRow_, -1);
    messages_.truncate(messages_.message(row).row.role == engine::Role::assistant ? row : row + 1);
    beginAnswer();
}

void ChatController::sendResults(const QStringList& results) {
    if (state_ != State::idle || messages_.count() == 0)
        return;
    saveConversation({});
    for (const auto& result : results)
        appendMessage(engine::Role::ipython, result);
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
    contextFull_ = record.finishReason == engine::FinishReason::contextFull;
    const bool stopped = record.finishReason == engine::FinishReason::cancelled;
    endAnswer(QString::fromStdString(record.text).trimmed(), stopped ? "cancelled" : "complete",
              answerMetrics(record));
}

void ChatController::onFailed(quint64 runId, engine::Error error) {
    if (runId != runId_ || state_ == State::idle)
        return;
    const bool stopped = error.code == engine::ErrorCode::cancelled;
    contextFull_ = error.code == engine::ErrorCode::contextOverflow;
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
