#include "ui/workers/compare_worker.h"

#include <utility>

#include "ui/workers/signal_pace.h"

namespace ui {

void CompareWorker::run(quint64 runId, engine::ComparisonRequest request, std::stop_token stop) {
    emit began(runId, request);
    TokenBatch waiting;
    SignalPace pace;
    const auto flush = [&](std::size_t lane) {
        if (!waiting.empty())
            emit progressed(runId, static_cast<int>(lane), std::exchange(waiting, {}));
    };
    engine::ComparisonListener listener;
    listener.laneStarted = [&](std::size_t lane) { emit laneStarted(runId, static_cast<int>(lane)); };
    listener.laneLoaded = [&](std::size_t lane, const engine::LoadedModel& model) {
        emit laneLoaded(runId, static_cast<int>(lane), model);
    };
    listener.token = [&](std::size_t lane, const engine::TokenEvent& token) {
        waiting.push_back(token);
        if (pace.due())
            flush(lane);
    };
    listener.laneFinished = [&](std::size_t lane, const engine::LaneResult& result) {
        flush(lane);
        emit laneFinished(runId, static_cast<int>(lane), result);
    };
    listener.agreementKnown = [&](std::size_t lane, const engine::Agreement& agreement) {
        emit agreementKnown(runId, static_cast<int>(lane), agreement);
    };
    // The database worker listens to the signals: writing stays on its one thread, and off this one while
    // lanes are timed.
    try {
        auto result = engine::runComparison(request, listener, nullptr, std::move(stop));
        if (result)
            emit finished(runId, result->cancelled);
        else
            emit failed(runId, result.error());
    } catch (...) {
        emit failed(runId, {engine::ErrorCode::internal, "the comparison ended unexpectedly; run it again"});
    }
}

}  // namespace ui
