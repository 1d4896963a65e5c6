#pragma once

#include <memory>

#include "engine/compare/comparison.h"

namespace engine {

/// Called on the thread that answers.
struct LaneEvents {
    std::function<void(const LoadedModel&)> loaded;
    std::function<void(const TokenEvent&)> token;
};

/// How far a lane came, and the process that still holds its model.
struct LaneAnswer {
    std::unique_ptr<WorkerClient> worker;  ///< null where it did not start
    std::optional<LoadedModel> loaded;
    std::optional<GenerationRecord> record;
    std::vector<std::int64_t> starts;  ///< AnswerTokens::starts
    std::optional<Error> error;
};

/// `worker` is to be started on a thread that outlives it: the system ends a child with the thread that
/// started it.
LaneAnswer answerLane(Result<std::unique_ptr<WorkerClient>> worker, const GenerationRequest& generation,
                      const LoadRequest& load, const LaneEvents& events, std::stop_token stop);

}  // namespace engine
