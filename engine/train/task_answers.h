#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/train/finetune_recipe.h"
#include "engine/train/gradient_step.h"

namespace engine::train {

/// What a model answered to some tasks.
struct GradedAnswers {
    std::vector<AnswerRow> rows;  ///< of tasks whose answers were not all as good as one another
    double reward = 0.0;          ///< mean over all answers
};

/// Samples stage.group answers to each task and compares them within their group: advantage = (reward - mean)
/// / deviation. Deterministic for a seed. Errors: as PolicySampler.
Result<GradedAnswers> sampleAnswers(const TrainableModel& model, const Tokenizer& tokenizer,
                                    const std::vector<const VerifiableTask*>& tasks,
                                    const FinetuneStage& stage, std::uint64_t seed, int threads);

/// The share of tasks that the model answers right greedily. Errors: as PolicySampler.
Result<double> shareRight(const TrainableModel& model, const Tokenizer& tokenizer,
                          const std::vector<VerifiableTask>& tasks, const FinetuneStage& stage, int threads);

}  // namespace engine::train
