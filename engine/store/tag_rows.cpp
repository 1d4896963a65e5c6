// Words that people give to runs.
#include "engine/store/store_state.h"

namespace engine {

Result<void> Store::setRunTags(std::int64_t id, const std::vector<std::string>& tags) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    sqlite::Statement remove(state_->connection, "DELETE FROM tag WHERE run_id = ?");
    if (auto done = remove.bind(id).run(); !done)
        return done;
    for (const auto& tag : tags) {
        sqlite::Statement insert(state_->connection,
                                 "INSERT OR IGNORE INTO tag (run_id, name) VALUES (?, ?)");
        if (auto done = insert.bind(id).bind(tag).run(); !done)
            return done;
    }
    return transaction->commit();
}

Result<void> Store::moveTag(const std::string& tag, std::int64_t id) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    sqlite::Statement remove(state_->connection, "DELETE FROM tag WHERE name = ?");
    if (auto done = remove.bind(tag).run(); !done)
        return done;
    if (id != 0) {
        sqlite::Statement insert(state_->connection, "INSERT INTO tag (run_id, name) VALUES (?, ?)");
        if (auto done = insert.bind(id).bind(tag).run(); !done)
            return done;
    }
    return transaction->commit();
}

}  // namespace engine
