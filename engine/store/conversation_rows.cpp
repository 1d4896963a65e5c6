// Conversations and their messages.
#include <unordered_map>

#include "engine/store/store_state.h"

namespace engine {

Result<std::int64_t> Store::addConversation(const ConversationRow& conversation) {
    sqlite::Statement insert(
        state_->connection,
        "INSERT INTO conversation (title, model, system_prompt, created_at, updated_at, settings) "
        "VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(conversation.title)
        .bind(conversation.model)
        .bind(conversation.systemPrompt)
        .bind(conversation.createdAt);
    insert.bind(conversation.updatedAt).bind(conversation.settings);
    if (auto done = insert.run(); !done)
        return done.error();
    return state_->connection.lastId();
}

Result<void> Store::updateConversation(const ConversationRow& conversation) {
    sqlite::Statement update(
        state_->connection,
        "UPDATE conversation SET title = ?, model = ?, system_prompt = ?, updated_at = ?, settings = ? "
        "WHERE id = ?");
    update.bind(conversation.title)
        .bind(conversation.model)
        .bind(conversation.systemPrompt)
        .bind(conversation.updatedAt);
    return update.bind(conversation.settings).bind(conversation.id).run();
}

Result<void> Store::setConversationTitle(std::int64_t id, const std::string& title) {
    sqlite::Statement update(state_->connection, "UPDATE conversation SET title = ? WHERE id = ?");
    return update.bind(title).bind(id).run();
}

Result<void> Store::setConversationLeaf(std::int64_t id, std::int64_t messageId) {
    sqlite::Statement update(state_->connection, "UPDATE conversation SET leaf_id = ? WHERE id = ?");
    return update.bind(messageId).bind(id).run();
}

Result<void> Store::setConversationTags(std::int64_t id, const std::vector<std::string>& tags) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    sqlite::Statement remove(state_->connection, "DELETE FROM conversation_tag WHERE conversation_id = ?");
    if (auto done = remove.bind(id).run(); !done)
        return done;
    for (const auto& tag : tags) {
        sqlite::Statement insert(
            state_->connection,
            "INSERT OR IGNORE INTO conversation_tag (conversation_id, name) VALUES (?, ?)");
        if (auto done = insert.bind(id).bind(tag).run(); !done)
            return done;
    }
    return transaction->commit();
}

Result<void> Store::deleteConversation(std::int64_t id) {
    sqlite::Statement remove(state_->connection, "DELETE FROM conversation WHERE id = ?");
    return remove.bind(id).run();
}

Result<std::vector<ConversationRow>> Store::conversations() {
    sqlite::Statement select(
        state_->connection,
        "SELECT id, title, model, system_prompt, created_at, updated_at, settings, leaf_id FROM conversation "
        "ORDER BY updated_at DESC, id DESC");
    std::vector<ConversationRow> rows;
    std::unordered_map<std::int64_t, std::size_t> places;
    for (;;) {
        auto row = select.step();
        if (!row)
            return row.error();
        if (!*row)
            break;
        places[select.integer(0)] = rows.size();
        rows.push_back({select.integer(0),
                        select.text(1),
                        select.text(2),
                        select.text(3),
                        select.text(4),
                        select.text(5),
                        select.text(6),
                        select.optionalInteger(7),
                        {}});
    }
    sqlite::Statement tags(state_->connection,
                           "SELECT conversation_id, name FROM conversation_tag ORDER BY name");
    for (;;) {
        auto row = tags.step();
        if (!row)
            return row.error();
        if (!*row)
            return rows;
        if (const auto place = places.find(tags.integer(0)); place != places.end())
            rows[place->second].tags.push_back(tags.text(1));
    }
}

Result<std::int64_t> Store::addMessage(const MessageRow& message) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    sqlite::Statement insert(
        state_->connection,
        "INSERT INTO message (conversation_id, parent_id, role, content, status, metrics, created_at, model) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(message.conversationId)
        .bind(message.parentId)
        .bind(std::string(name(message.role)))
        .bind(message.content);
    insert.bind(message.status).bind(message.metrics).bind(message.createdAt).bind(message.model);
    if (auto done = insert.run(); !done)
        return done.error();
    const auto id = state_->connection.lastId();
    if (auto done = state_->setPictures(PictureOwner::message, id, message.pictures); !done)
        return done.error();
    if (auto done = transaction->commit(); !done)
        return done.error();
    return id;
}

Result<void> Store::updateMessage(const MessageRow& message) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    sqlite::Statement update(
        state_->connection,
        "UPDATE message SET content = ?, status = ?, metrics = ?, parent_id = ? WHERE id = ?");
    update.bind(message.content).bind(message.status).bind(message.metrics).bind(message.parentId);
    if (auto done = update.bind(message.id).run(); !done)
        return done;
    if (auto done = state_->setPictures(PictureOwner::message, message.id, message.pictures); !done)
        return done;
    return transaction->commit();
}

Result<std::vector<MessageRow>> Store::messages(std::int64_t conversationId) {
    sqlite::Statement select(state_->connection,
                             "SELECT id, conversation_id, parent_id, role, content, status, metrics, "
                             "created_at, model FROM message "
                             "WHERE conversation_id = ? ORDER BY id");
    select.bind(conversationId);
    std::vector<MessageRow> rows;
    for (;;) {
        auto row = select.step();
        if (!row)
            return row.error();
        if (!*row)
            return rows;
        auto role = roleFromName(select.text(3));
        if (!role)
            return role.error().in("database " + state_->file.string());
        rows.push_back({select.integer(0), select.integer(1), select.optionalInteger(2), *role,
                        select.text(4), select.text(5), select.text(6), select.text(7), select.text(8)});
        auto pictures = state_->pictures(PictureOwner::message, rows.back().id);
        if (!pictures)
            return pictures.error();
        rows.back().pictures = std::move(*pictures);
    }
}

}  // namespace engine
