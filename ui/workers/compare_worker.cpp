#include "ui/workers/compare_worker.h"

#include <utility>

#include "ui/workers/picture_reader.h"
#include "ui/workers/signal_pace.h"

namespace ui {

void CompareWorker::run(quint64 runId, engine::ComparisonRequest request, std::stop_token stop) {
    emit began(runId, request);
    auto images = decodedPictures(request.pictures);
    if (!images) {
        emit failed(runId, images.error());
        return;
    }
    if (!request.generation.messages.empty())
        request.generation.messages.back().images = std::move(*images);
    std::vector<TokenBatch> waiting(request.lanes.size());
    SignalPace pace;
    const auto flush = [&](std::size_t lane) {
        if (!waiting[lane].empty())
            emit progressed(runId, static_cast<int>(lane), std::exchange(waiting[lane], {}));
    };
    engine::ComparisonListener listener;
    listener.laneStarted = [&](std::size_t lane) { emit laneStarted(runId, static_cast<int>(lane)); };
    listener.laneLoaded = [&](std::size_t lane, const engine::LoadedModel& model) {
        emit laneLoaded(runId, static_cast<int>(lane), model);
    };
    listener.token = [&](std::size_t lane, const engine::TokenEvent& token) {
        waiting[lane].push_back(token);
        if (pace.due())
            for (std::size_t any = 0; any < waiting.size(); ++any)
                flush(any);
    };
    listener.laneFinished = [&](std::size_t lane, const engine::LaneResult& result) {
        flush(lane);
        emit laneFinished(runId, static_cast<int>(lane), result);
    };
    listener.agreementKnown = [&](std::size_t lane, const engine::Agreement& agreement) {
        emit agreementKnown(runId, static_cast<int>(lane), agreement);
    };
    listener.scoringStarted = [&] { emit scoringStarted(runId); };
    listener.tokensScored = [&](std::size_t lane, const engine::AnswerTokens& tokens) {
        emit tokensScored(runId, static_cast<int>(lane), tokens);
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
