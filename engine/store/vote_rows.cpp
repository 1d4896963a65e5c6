// Votes on comparisons, and their answers token by token.
#include "engine/store/store_state.h"

namespace engine {

Result<void> Store::setVote(const VoteRow& vote) {
    sqlite::Statement insert(
        state_->connection,
        "INSERT INTO vote (run_id, lane_id, verdict, blind, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
        "(run_id) DO UPDATE SET lane_id = excluded.lane_id, verdict = excluded.verdict, blind = "
        "excluded.blind, created_at = excluded.created_at");
    insert.bind(vote.runId).bind(vote.laneId).bind(vote.verdict).bind(vote.blind ? 1 : 0).bind(utcNow());
    return insert.run();
}

Result<std::vector<VoteRow>> Store::votes() {
    sqlite::Statement select(state_->connection,
                             "SELECT run_id, lane_id, verdict, blind, created_at FROM vote ORDER BY id");
    std::vector<VoteRow> rows;
    for (;;) {
        auto row = select.step();
        if (!row)
            return row.error();
        if (!*row)
            return rows;
        rows.push_back({select.integer(0), select.optionalInteger(1), select.text(2), select.integer(3) != 0,
                        select.text(4)});
    }
}

Result<std::optional<VoteRow>> Store::vote(std::int64_t runId) {
    auto all = votes();
    if (!all)
        return all.error();
    for (const auto& row : *all)
        if (row.runId == runId)
            return std::optional(row);
    return std::optional<VoteRow>();
}

Result<void> Store::setLaneTrace(std::int64_t laneId, const std::string& trace) {
    sqlite::Statement insert(state_->connection,
                             "INSERT INTO lane_trace (lane_id, trace) VALUES (?, ?) ON CONFLICT (lane_id) DO "
                             "UPDATE SET trace = excluded.trace");
    return insert.bind(laneId).bind(trace).run();
}

Result<std::string> Store::laneTrace(std::int64_t laneId) {
    sqlite::Statement select(state_->connection, "SELECT trace FROM lane_trace WHERE lane_id = ?");
    select.bind(laneId);
    auto row = select.step();
    if (!row)
        return row.error();
    return *row ? select.text(0) : std::string();
}

}  // namespace engine
