// Runs and evaluations.
#include <algorithm>
#include <sstream>

#include "engine/store/store_state.h"

namespace engine {
namespace {

constexpr const char* kSelectRuns =
    "SELECT run.id, run.kind, run.status, run.started_at, run.finished_at, profile.name, profile.text, "
    "run.prompt, "
    "machine.description, run.build, run.seed, coalesce(note.text, ''), "
    "(SELECT group_concat(name, char(10)) FROM tag WHERE tag.run_id = run.id) FROM run JOIN profile ON "
    "profile.id = "
    "run.profile_id "
    "JOIN machine ON machine.id = run.machine_id LEFT JOIN note ON note.run_id = run.id ";

std::vector<std::string> tagsFrom(const std::string& lines) {
    std::vector<std::string> tags;
    std::istringstream in(lines);
    for (std::string tag; std::getline(in, tag);)
        tags.push_back(tag);
    std::sort(tags.begin(), tags.end());
    return tags;
}

RunRow runFrom(const sqlite::Statement& row) {
    RunRow run;
    run.id = row.integer(0);
    run.kind = row.text(1);
    run.status = row.text(2);
    run.startedAt = row.text(3);
    run.finishedAt = row.text(4);
    run.profile = row.text(5);
    run.profileText = row.text(6);
    run.prompt = row.text(7);
    run.machine = row.text(8);
    run.build = row.text(9);
    run.seed = static_cast<std::uint64_t>(row.integer(10));
    run.note = row.text(11);
    run.tags = tagsFrom(row.text(12));
    return run;
}

}  // namespace

Result<std::int64_t> Store::addRun(const RunRow& run) {
    auto transaction = sqlite::Transaction::begin(state_->connection);
    if (!transaction)
        return transaction.error();
    auto profile = state_->idOf("profile", {"name", "text"}, {run.profile, run.profileText});
    if (!profile)
        return profile.error();
    auto machine = state_->idOf("machine", {"description"}, {run.machine});
    if (!machine)
        return machine.error();
    sqlite::Statement insert(state_->connection,
                             "INSERT INTO run (kind, status, started_at, finished_at, profile_id, "
                             "machine_id, prompt, build, seed) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(run.kind)
        .bind(run.status)
        .bind(run.startedAt)
        .bind(run.finishedAt)
        .bind(*profile)
        .bind(*machine);
    insert.bind(run.prompt).bind(run.build).bind(static_cast<std::int64_t>(run.seed));
    if (auto done = insert.run(); !done)
        return done.error();
    const auto id = state_->connection.lastId();
    if (auto done = transaction->commit(); !done)
        return done.error();
    if (!run.note.empty())
        if (auto noted = setRunNote(id, run.note); !noted)
            return noted.error();
    if (!run.tags.empty())
        if (auto tagged = setRunTags(id, run.tags); !tagged)
            return tagged.error();
    return id;
}

Result<void> Store::finishRun(std::int64_t id, const std::string& status) {
    sqlite::Statement update(state_->connection, "UPDATE run SET status = ?, finished_at = ? WHERE id = ?");
    return update.bind(status).bind(utcNow()).bind(id).run();
}

Result<void> Store::reopenRun(std::int64_t id) {
    sqlite::Statement update(state_->connection,
                             "UPDATE run SET status = 'running', finished_at = '' WHERE id = ?");
    return update.bind(id).run();
}

Result<void> Store::setRunNote(std::int64_t id, const std::string& note) {
    sqlite::Statement insert(state_->connection,
                             "INSERT INTO note (run_id, text) VALUES (?, ?) ON CONFLICT (run_id) DO UPDATE "
                             "SET text = excluded.text");
    return insert.bind(id).bind(note).run();
}

Result<void> Store::deleteRun(std::int64_t id) {
    sqlite::Statement remove(state_->connection, "DELETE FROM run WHERE id = ?");
    return remove.bind(id).run();
}

Result<std::vector<RunRow>> Store::runs() {
    sqlite::Statement select(state_->connection, std::string(kSelectRuns) + "ORDER BY run.id DESC");
    std::vector<RunRow> rows;
    for (;;) {
        auto row = select.step();
        if (!row)
            return row.error();
        if (!*row)
            return rows;
        rows.push_back(runFrom(select));
    }
}

Result<RunRow> Store::run(std::int64_t id) {
    sqlite::Statement select(state_->connection, std::string(kSelectRuns) + "WHERE run.id = ?");
    select.bind(id);
    auto row = select.step();
    if (!row)
        return row.error();
    if (!*row)
        return Error{ErrorCode::notFound,
                     "database " + state_->file.string() + " has no run " + std::to_string(id)};
    return runFrom(select);
}

Result<std::int64_t> Store::addEvaluation(const EvaluationRow& evaluation) {
    sqlite::Statement insert(
        state_->connection,
        "INSERT INTO evaluation (model, reference, text, result, created_at) VALUES (?, ?, ?, ?, ?)");
    insert.bind(evaluation.model)
        .bind(evaluation.reference)
        .bind(evaluation.text)
        .bind(evaluation.result)
        .bind(evaluation.createdAt);
    if (auto done = insert.run(); !done)
        return done.error();
    return state_->connection.lastId();
}

Result<std::vector<EvaluationRow>> Store::evaluations() {
    sqlite::Statement select(
        state_->connection,
        "SELECT id, model, reference, text, result, created_at FROM evaluation ORDER BY id DESC");
    std::vector<EvaluationRow> rows;
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

}  // namespace engine
