#include "engine/train/task_answers.h"

#include <algorithm>
#include <cmath>

#include "engine/train/policy_sampler.h"

namespace engine::train {
namespace {

using Answer = std::vector<std::int32_t>;

std::vector<TokenId> stopsOf(const TrainableModel& model, const Tokenizer& tokenizer) {
    auto stops = tokenizer.stopTokens();
    stops.insert(stops.end(), model.config().stopTokens.begin(), model.config().stopTokens.end());
    return stops;
}

/// Without the token that ended it.
std::string textOf(const Answer& answer, const Tokenizer& tokenizer, std::span<const TokenId> stops) {
    std::vector<TokenId> ids;
    for (const auto token : answer)
        if (std::find(stops.begin(), stops.end(), TokenId{token}) == stops.end())
            ids.push_back(TokenId{token});
    return tokenizer.decode(ids);
}

TrainRow rowOf(const VerifiableTask& task, const Answer& answer) {
    TrainExample example{task.prompt, std::vector<std::uint8_t>(task.prompt.size(), 0)};
    example.tokens.insert(example.tokens.end(), answer.begin(), answer.end());
    example.learned.resize(example.tokens.size(), 1);
    const std::size_t first = 0;
    return train::rowOf({std::move(example)}, std::span(&first, 1));
}

/// Room for the longest prompt and an answer.
std::int64_t contextFor(const FinetuneStage& stage) {
    return stage.sequence + stage.answerTokens + 1;
}

}  // namespace

Result<GradedAnswers> sampleAnswers(const TrainableModel& model, const Tokenizer& tokenizer,
                                    const std::vector<const VerifiableTask*>& tasks,
                                    const FinetuneStage& stage, std::uint64_t seed, int threads) {
    auto sampler = PolicySampler::create(model, contextFor(stage), threads);
    if (!sampler)
        return sampler.error();
    const auto stops = stopsOf(model, tokenizer);
    SamplingOptions sampling;
    sampling.temperature = static_cast<float>(stage.temperature);
    sampling.topP = 1.0F;
    GradedAnswers graded;
    const auto group = static_cast<double>(stage.group);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        sampling.seed = seed + i * static_cast<std::uint64_t>(stage.group);
        const auto answers =
            (*sampler)->answers(tasks[i]->prompt, stage.group, sampling, stage.answerTokens, stops);
        if (!answers)
            return answers.error();
        std::vector<double> rewards;
        double mean = 0.0;
        for (const auto& answer : *answers) {
            rewards.push_back(rewardOf(textOf(answer, tokenizer, stops), tasks[i]->expected));
            mean += rewards.back() / group;
        }
        graded.reward += mean / static_cast<double>(tasks.size());
        double squares = 0.0;
        for (const double reward : rewards)
            squares += (reward - mean) * (reward - mean);
        const double deviation = std::sqrt(squares / group);
        for (std::size_t a = 0; a < answers->size() && deviation > 0.0; ++a)
            graded.rows.push_back({rowOf(*tasks[i], (*answers)[a]), (rewards[a] - mean) / deviation});
    }
    return graded;
}

Result<double> shareRight(const TrainableModel& model, const Tokenizer& tokenizer,
                          const std::vector<VerifiableTask>& tasks, const FinetuneStage& stage, int threads) {
    auto sampler = PolicySampler::create(model, contextFor(stage), threads);
    if (!sampler)
        return sampler.error();
    const auto stops = stopsOf(model, tokenizer);
    SamplingOptions greedy;
    greedy.temperature = 0.0F;
    double right = 0.0;
    for (const auto& task : tasks) {
        const auto answers = (*sampler)->answers(task.prompt, 1, greedy, stage.answerTokens, stops);
        if (!answers)
            return answers.error();
        right += rewardOf(textOf(answers->front(), tokenizer, stops), task.expected);
    }
    return right / static_cast<double>(std::max<std::size_t>(1, tasks.size()));
}

}  // namespace engine::train
