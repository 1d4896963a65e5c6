#include "engine/store/store.h"

#include "engine/base/resources.h"
#include "engine/store/migrations.h"
#include "engine/store/store_state.h"

namespace engine {

Store::Store() = default;
Store::~Store() = default;

const std::filesystem::path& Store::file() const {
    return state_->file;
}

std::filesystem::path Store::defaultPath() {
    return userDataPath("anven.sqlite");
}

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& file, bool recover) {
    std::error_code error;
    if (file.has_parent_path())
        std::filesystem::create_directories(file.parent_path(), error);
    if (std::filesystem::is_directory(file, error))
        return Error{ErrorCode::invalidInput, "database " + file.string() + " is a folder; give a file"};
    auto connection = sqlite::Connection::open(file);
    if (!connection)
        return connection.error();
    // The version is read before anything is changed, so that a newer database stays as it is.
    if (auto done = sqlite::migrate(*connection, file); !done)
        return done.error();
    if (auto done = connection->execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
        !done)
        return done.error();
    if (recover)
        if (auto done =
                connection->execute("UPDATE run SET status = 'interrupted' WHERE status = 'running';"
                                    "UPDATE lane SET status = 'interrupted' WHERE status = 'running';"
                                    "UPDATE message SET status = 'cancelled' WHERE status = 'streaming'");
            !done)
            return done.error();
    std::unique_ptr<Store> store(new Store);
    store->state_ = std::make_unique<State>(State{std::move(*connection), file});
    return store;
}

Result<std::int64_t> Store::State::idOf(const std::string& table, const std::vector<std::string>& columns,
                                        const std::vector<std::string>& values) {
    std::string names;
    std::string marks;
    std::string match;
    for (const auto& column : columns) {
        names += (names.empty() ? "" : ", ") + column;
        marks += marks.empty() ? "?" : ", ?";
        match += (match.empty() ? "" : " AND ") + column + " = ?";
    }
    sqlite::Statement insert(connection,
                             "INSERT OR IGNORE INTO " + table + " (" + names + ") VALUES (" + marks + ")");
    for (const auto& value : values)
        insert.bind(value);
    if (auto done = insert.run(); !done)
        return done.error();
    sqlite::Statement find(connection, "SELECT id FROM " + table + " WHERE " + match);
    for (const auto& value : values)
        find.bind(value);
    auto row = find.step();
    if (!row)
        return row.error();
    return find.integer(0);
}

}  // namespace engine
