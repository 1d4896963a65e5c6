#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/session.h"
#include "engine/runtime/thread_team.h"
#include "engine/sampling/sampler.h"
#include "engine/train/trainable_model.h"

namespace engine::train {

/// Lets a model answer as it is while it is trained: the engine that runs models, with the trained numbers in
/// the place of the checkpoint's. Belongs to the thread that made it; the model must outlive it unchanged.
class PolicySampler {
public:
    /// Packs the model's weights anew. `context` in tokens: the longest prompt and answer together. Errors:
    /// unsupported for weights in the family's integers; as Model::load.
    static Result<std::unique_ptr<PolicySampler>> create(const TrainableModel& model, std::int64_t context,
                                                         int threads);

    /// `count` answers to one prompt, each up to and with a token of `stops`, or `longest` tokens. The seed
    /// of answer i is sampling.seed + i. Errors: as Session::prefill.
    Result<std::vector<std::vector<std::int32_t>>> answers(std::span<const std::int32_t> prompt,
                                                           std::int64_t count, SamplingOptions sampling,
                                                           std::int64_t longest,
                                                           std::span<const TokenId> stops);

private:
    PolicySampler() = default;
    std::unique_ptr<ThreadTeam> team_;
    std::unique_ptr<Session> session_;
};

}  // namespace engine::train
