#include "ui/workers/database_worker.h"

#include "engine/conversation/conversation_formats.h"

namespace ui {

DatabaseWorker::~DatabaseWorker() = default;

bool DatabaseWorker::check(const engine::Result<void>& result) {
    if (!result)
        emit failed(result.error());
    return result.has_value();
}

void DatabaseWorker::open(QString file) {
    auto store = engine::Store::open(file.toStdString(), true);
    if (!store) {
        emit failed(store.error());
        return;
    }
    store_ = std::move(*store);
    emit opened(file);
}

void DatabaseWorker::comparisonBegan(quint64 runId, engine::ComparisonRequest request) {
    if (!store_)
        return;
    auto recording = std::make_shared<Recording>(
        Recording{std::move(request), engine::ComparisonRecorder(store_.get()), 0});
    auto id = recording->recorder.begin(recording->request);
    if (!id) {
        emit failed(id.error());
        return;
    }
    recording->storedId = *id;
    recordings_.insert(runId, recording);
    emit runChanged(runId, *id, false);
}

void DatabaseWorker::comparisonLaneLoaded(quint64 runId, int lane, engine::LoadedModel model) {
    const auto recording = recordings_.value(runId);
    if (!recording)
        return;
    const auto index = static_cast<std::size_t>(lane);
    const auto& asked = recording->request.lanes[index].name;
    check(recording->recorder.laneLoaded(index, asked.empty() ? model.config.variant : asked, model));
}

void DatabaseWorker::comparisonLaneFinished(quint64 runId, int lane, engine::LaneResult result) {
    if (const auto recording = recordings_.value(runId))
        if (check(recording->recorder.laneFinished(static_cast<std::size_t>(lane), result)))
            emit runChanged(runId, recording->storedId, false);
}

void DatabaseWorker::comparisonAgreement(quint64 runId, int lane, engine::Agreement agreement) {
    if (const auto recording = recordings_.value(runId))
        check(recording->recorder.agreement(static_cast<std::size_t>(lane), agreement));
}

void DatabaseWorker::comparisonFinished(quint64 runId, bool cancelled) {
    endComparison(runId, cancelled ? "cancelled" : "finished");
}

void DatabaseWorker::comparisonFailed(quint64 runId, engine::Error) {
    endComparison(runId, "failed");
}

void DatabaseWorker::endComparison(quint64 runId, const char* status) {
    const auto recording = recordings_.take(runId);
    if (recording && check(recording->recorder.end(status)))
        emit runChanged(runId, recording->storedId, true);
}

void DatabaseWorker::saveConversation(quint64 key, engine::ConversationRow row) {
    if (!store_)
        return;
    if (row.id == 0)
        row.id = conversationIds_.value(key);
    row.updatedAt = engine::utcNow();
    if (row.id != 0) {
        conversationIds_.insert(key, row.id);
        check(store_->updateConversation(row));
        return;
    }
    row.createdAt = row.updatedAt;
    auto id = store_->addConversation(row);
    if (!id) {
        emit failed(id.error());
        return;
    }
    conversationIds_.insert(key, *id);
    emit conversationSaved(key, *id);
}

void DatabaseWorker::saveMessage(quint64 key, quint64 parentKey, quint64 conversationKey,
                                 engine::MessageRow row) {
    if (!store_)
        return;
    if (row.id == 0)
        row.id = messageIds_.value(key);
    if (const qint64 parent = messageIds_.value(parentKey); !row.parentId && parent != 0)
        row.parentId = parent;
    if (row.id != 0) {
        check(store_->updateMessage(row));
        return;
    }
    row.conversationId = conversationIds_.value(conversationKey);
    if (row.conversationId == 0)
        return;  // the conversation was deleted, or its own row failed and that was reported
    row.createdAt = engine::utcNow();
    auto id = store_->addMessage(row);
    if (id)
        messageIds_.insert(key, *id);
    else
        emit failed(id.error());
}

void DatabaseWorker::saveLeaf(quint64 conversationKey, quint64 messageKey, qint64 messageId) {
    const qint64 message = messageId != 0 ? messageId : messageIds_.value(messageKey);
    const qint64 conversation = conversationIds_.value(conversationKey);
    if (store_ && message != 0 && conversation != 0)
        check(store_->setConversationLeaf(conversation, message));
}

void DatabaseWorker::renameConversation(qint64 id, QString title) {
    if (store_ && check(store_->setConversationTitle(id, title.toStdString())))
        readConversations();
}

void DatabaseWorker::setConversationTags(qint64 id, QStringList tags) {
    std::vector<std::string> names;
    for (const auto& tag : tags)
        names.push_back(tag.toStdString());
    if (store_ && check(store_->setConversationTags(id, names)))
        readConversations();
}

void DatabaseWorker::searchMessages(QString text) {
    if (!store_)
        return;
    auto hits = store_->searchMessages(text.toStdString());
    if (hits)
        emit messagesFound(text, std::move(*hits));
    else
        emit failed(hits.error());
}

void DatabaseWorker::exportConversation(qint64 id, QString file) {
    if (!store_)
        return;
    if (auto written = engine::exportConversation(*store_, id, file.toStdString()); written)
        emit conversationExported(file);
    else
        emit conversationNotExported(written.error());
}

void DatabaseWorker::deleteConversation(qint64 id) {
    if (!store_)
        return;
    for (auto known = conversationIds_.begin(); known != conversationIds_.end();)
        known = known.value() == id ? conversationIds_.erase(known) : std::next(known);
    check(store_->deleteConversation(id));
    readConversations();
}

void DatabaseWorker::deleteRun(qint64 id) {
    if (store_ && check(store_->deleteRun(id)))
        emit runDeleted(id);
}

void DatabaseWorker::readConversations() {
    if (!store_)
        return;
    auto rows = store_->conversations();
    if (rows)
        emit conversationsRead(std::move(*rows));
    else
        emit failed(rows.error());
}

void DatabaseWorker::readMessages(qint64 conversationId) {
    if (!store_)
        return;
    auto rows = store_->messages(conversationId);
    if (rows)
        emit messagesRead(conversationId, std::move(*rows));
    else
        emit failed(rows.error());
}

}  // namespace ui
