// Comparisons: their tokens, votes on them, and what is read back.
#include "ui/workers/database_worker.h"

namespace ui {

void DatabaseWorker::comparisonTokens(quint64 runId, int lane, engine::AnswerTokens tokens) {
    if (const auto recording = recordings_.value(runId))
        check(recording->recorder.tokens(static_cast<std::size_t>(lane), tokens));
}

void DatabaseWorker::voteOnComparison(qint64 id, int lane, QString verdict, bool blind) {
    if (!store_)
        return;
    engine::VoteRow vote{id, std::nullopt, verdict.toStdString(), blind};
    if (verdict == QLatin1String(engine::kVoteLane)) {
        const auto lanes = store_->lanes(id);
        if (!lanes || lane < 0 || static_cast<std::size_t>(lane) >= lanes->size())
            return;  // the run was deleted meanwhile
        vote.laneId = (*lanes)[static_cast<std::size_t>(lane)].id;
    }
    if (check(store_->setVote(vote))) {
        emit runEdited(id);
        readComparisons();
    }
}

void DatabaseWorker::readComparisons() {
    if (!store_)
        return;
    auto history = engine::comparisonHistory(*store_);
    if (history)
        emit comparisonsRead(std::move(*history));
    else
        emit failed(history.error());
}

void DatabaseWorker::readComparison(qint64 id) {
    if (!store_)
        return;
    auto comparison = engine::loadComparison(*store_, id);
    if (comparison)
        emit comparisonRead(std::move(*comparison));
    else
        emit failed(comparison.error());
}

}  // namespace ui
