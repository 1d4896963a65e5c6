#include "engine/compare/lane_answer.h"

#include <algorithm>

namespace engine {
namespace {

Result<void> answer(LaneAnswer& lane, const GenerationRequest& generation, const LoadRequest& load,
                    const LaneEvents& events, const std::stop_token& stop) {
    auto loaded = lane.worker->load(load, stop);
    if (!loaded)
        return loaded.error();
    lane.loaded = std::move(*loaded);
    events.loaded(*lane.loaded);
    std::int64_t bytes = 0;
    auto record = lane.worker->generate(
        generation,
        [&](const TokenEvent& token) {
            lane.starts.push_back(bytes);
            bytes += static_cast<std::int64_t>(token.text.size());
            events.token(token);
        },
        stop);
    if (!record)
        return record.error();
    // A stop token has no event; what is held back until the end has one without a token of its own.
    lane.starts.resize(record->tokens.size(), bytes);
    for (auto& start : lane.starts)
        start = std::min(start, static_cast<std::int64_t>(record->text.size()));
    lane.record = std::move(*record);
    return {};
}

}  // namespace

LaneAnswer answerLane(Result<std::unique_ptr<WorkerClient>> worker, const GenerationRequest& generation,
                      const LoadRequest& load, const LaneEvents& events, std::stop_token stop) {
    LaneAnswer lane;
    if (!worker) {
        lane.error = worker.error();
        return lane;
    }
    lane.worker = std::move(*worker);
    if (auto done = answer(lane, generation, load, events, stop); !done)
        lane.error = done.error();
    return lane;
}

}  // namespace engine
