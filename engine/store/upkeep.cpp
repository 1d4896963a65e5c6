#include "engine/store/upkeep.h"

#include <memory>

#include "engine/store/sqlite.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr int kMostFindings = 100;
constexpr int kStepsBetweenStops = 20'000;  // of SQLite's machine: a few ms
constexpr int kPagesPerStep = 256;          // 1 MiB between two looks at the stop token
constexpr int kBusyPauseMs = 20;

/// Opening would create the file.
Result<sqlite::Connection> openExisting(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return Error{ErrorCode::notFound, "database " + file.string() + " is not there"};
    return sqlite::Connection::open(file);
}

int stopWanted(void* token) {
    return static_cast<std::stop_token*>(token)->stop_requested() ? 1 : 0;
}

Error stopped(const char* what) {
    return {ErrorCode::cancelled, std::string(what) + " was stopped before its end"};
}

std::int64_t sizeOf(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : static_cast<std::int64_t>(size);
}

struct FinishBackup {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

/// Removes what a backup that did not end well has left.
struct Leftover {
    fs::path file;
    ~Leftover() {
        std::error_code error;
        for (const char* ending : {"", "-journal", "-wal", "-shm"})
            fs::remove(fs::path(file.string() + ending), error);
    }
};

Result<void> copyPages(const sqlite::Connection& from, const sqlite::Connection& to,
                       const BackupProgress& progress, const std::stop_token& stop) {
    const std::unique_ptr<sqlite3_backup, FinishBackup> backup(
        sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
    if (!backup)
        return to.error("cannot take a backup");
    for (int status = SQLITE_OK; status != SQLITE_DONE;) {
        if (stop.stop_requested())
            return stopped("the backup");
        status = sqlite3_backup_step(backup.get(), kPagesPerStep);
        if (status == SQLITE_BUSY || status == SQLITE_LOCKED)
            sqlite3_sleep(kBusyPauseMs);
        else if (status != SQLITE_OK && status != SQLITE_DONE)
            return to.error(std::string("could not be written (") + sqlite3_errstr(status) + ")");
        const int total = sqlite3_backup_pagecount(backup.get());
        if (progress)
            progress(total - sqlite3_backup_remaining(backup.get()), total);
    }
    return {};
}

}  // namespace

Result<DatabaseSize> databaseSize(const fs::path& file) {
    auto connection = openExisting(file);
    if (!connection)
        return connection.error();
    const auto freePages = connection->integer("PRAGMA freelist_count");
    const auto pageBytes = connection->integer("PRAGMA page_size");
    if (!freePages || !pageBytes)
        return freePages ? pageBytes.error() : freePages.error();
    return DatabaseSize{sizeOf(file) + sizeOf(fs::path(file.string() + "-wal")), *freePages * *pageBytes};
}

Result<std::vector<std::string>> checkDatabase(const fs::path& file, std::stop_token stop) {
    auto connection = openExisting(file);
    if (!connection)
        return connection.error();
    sqlite3_progress_handler(connection->handle(), kStepsBetweenStops, stopWanted, &stop);
    std::vector<std::string> findings;
    const auto full = [&] { return findings.size() >= std::size_t{kMostFindings}; };
    sqlite::Statement integrity(*connection, "PRAGMA integrity_check(100)");
    for (auto row = integrity.step(); !row || *row; row = integrity.step()) {
        if (stop.stop_requested())
            return stopped("the check");
        if (!row)
            return row.error();
        if (const auto text = integrity.text(0); text != "ok" && !full())
            findings.push_back(text);
    }
    sqlite::Statement keys(*connection, "PRAGMA foreign_key_check");
    for (auto row = keys.step(); !row || *row; row = keys.step()) {
        if (stop.stop_requested())
            return stopped("the check");
        if (!row)
            return row.error();
        if (!full())
            findings.push_back("a row of " + keys.text(0) + " (" + std::to_string(keys.integer(1)) +
                               ") belongs to a row of " + keys.text(2) + " that is not there");
    }
    return findings;
}

Result<void> backUpDatabase(const fs::path& file, const fs::path& target, const BackupProgress& progress,
                            std::stop_token stop) {
    std::error_code error;
    if (fs::is_directory(target, error))
        return Error{ErrorCode::invalidInput, target.string() + " is a folder; give a file"};
    if (fs::equivalent(file, target, error))
        return Error{ErrorCode::invalidInput,
                     target.string() + " is the database itself; choose another file for the backup"};
    const auto from = openExisting(file);
    if (!from)
        return from.error();
    const Leftover part{fs::path(target.string() + ".part")};
    fs::remove(part.file, error);
    {
        const auto to = sqlite::Connection::open(part.file);
        if (!to)
            return to.error();
        if (auto copied = copyPages(*from, *to, progress, stop); !copied)
            return copied.error();
    }
    const auto findings = checkDatabase(part.file, stop);
    if (!findings)
        return findings.error();
    if (!findings->empty())
        return Error{ErrorCode::corrupt, "the copy is not intact, so nothing was kept: " + findings->front()};
    fs::rename(part.file, target, error);
    if (error)
        return Error{ErrorCode::io,
                     "the backup cannot be put at " + target.string() + ": " + error.message()};
    return {};
}

}  // namespace engine
