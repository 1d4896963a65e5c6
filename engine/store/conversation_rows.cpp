// Conversations and their messages.
#include "engine/store/store_state.h"

namespace engine {

Result<std::int64_t> Store::addConversation(const ConversationRow& conversation) {
    sqlite::Statement insert(state_->connection,
                             "INSERT INTO conversation (title, model, system_prompt, created_at, updated_at) "
                             "VALUES (?, ?, ?, ?, ?)");
    insert.bind(conversation.title)
        .bind(conversation.model)
        .bind(conversation.systemPrompt)
        .bind(conversation.createdAt);
    insert.bind(conversation.updatedAt);
    if (auto done = insert.run(); !done)
        return done.error();
    return state_->connection.lastId();
}

Result<void> Store::updateConversation(const ConversationRow& conversation) {
    sqlite::Statement update(
        state_->connection,
        "UPDATE conversation SET title = ?, model = ?, system_prompt = ?, updated_at = ? WHERE id = ?");
    update.bind(conversation.title)
        .bind(conversation.model)
        .bind(conversation.systemPrompt)
        .bind(conversation.updatedAt);
    return update.bind(conversation.id).run();
}

Result<void> Store::deleteConversation(std::int64_t id) {
    sqlite::Statement remove(state_->connection, "DELETE FROM conversation WHERE id = ?");
    return remove.bind(id).run();
}

Result<std::vector<ConversationRow>> Store::conversations() {
    sqlite::Statement select(
        state_->connection,
        "SELECT id, title, model, system_prompt, created_at, updated_at FROM conversation "
        "ORDER BY updated_at DESC, id DESC");
    std::vector<ConversationRow> rows;
    for (;;) {
        auto row = select.step();
        if (!row)
            return row.error();
        if (!*row)
            return rows;
        rows.push_back({select.integer(0), select.text(1), select.text(2), select.text(3), select.text(4),
                        select.text(5)});
    }
}

Result<std::int64_t> Store::addMessage(const MessageRow& message) {
    sqlite::Statement insert(
        state_->connection,
        "INSERT INTO message (conversation_id, parent_id, role, content, status, metrics, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(message.conversationId)
        .bind(message.parentId)
        .bind(std::string(name(message.role)))
        .bind(message.content);
    insert.bind(message.status).bind(message.metrics).bind(message.createdAt);
    if (auto done = insert.run(); !done)
        return done.error();
    return state_->connection.lastId();
}

Result<void> Store::updateMessage(const MessageRow& message) {
    sqlite::Statement update(state_->connection,
                             "UPDATE message SET content = ?, status = ?, metrics = ? WHERE id = ?");
    return update.bind(message.content).bind(message.status).bind(message.metrics).bind(message.id).run();
}

Result<std::vector<MessageRow>> Store::messages(std::int64_t conversationId) {
    sqlite::Statement select(
        state_->connection,
        "SELECT id, conversation_id, parent_id, role, content, status, metrics, created_at FROM message "
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
                        select.text(4), select.text(5), select.text(6), select.text(7)});
    }
}

}  // namespace engine
