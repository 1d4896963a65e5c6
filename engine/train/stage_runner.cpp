#include "engine/train/stage_runner.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace engine::train {
namespace {

/// The first pictures are held out, however many are drawn.
constexpr std::int64_t kValidationPictures = 64;
constexpr std::size_t kValidationRows =
    64;  // enough to tell one loss from another, a fraction of a save interval

std::int64_t longestText(const TrainingData& data, std::int64_t sequence) {
    std::int64_t longest = sequence;
    for (const auto* examples : {&data.train, &data.validation})
        for (const auto& example : *examples)
            longest = std::max(longest, example.size());
    for (const auto* pairs : {&data.trainPairs, &data.validationPairs})
        for (const auto& pair : *pairs)
            longest = std::max({longest, pair.chosen.size(), pair.rejected.size()});
    return longest;
}

std::vector<PairRow> pairRowsOf(const std::vector<PreferencePair>& pairs, GradientStep& gradients) {
    std::vector<PairRow> rows;
    for (const auto& pair : pairs)
        rows.push_back(pairRowOf(pair));
    const auto margins = gradients.margins(rows);
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i].referenceMargin = margins[i];
    return rows;
}

}  // namespace

StageRunner::StageRunner(RunContext& run, const FinetuneStage& stage, TrainableModel& model,
                         const TrainableModel* teacher, TrainingPosition& position)
    : run_(run),
      stage_(stage),
      model_(model),
      position_(position),
      gradients_(model, teacher, static_cast<float>(stage.distill),
                 stage.checkpointBlocks ? Checkpointing::blocks : Checkpointing::none,
                 longestText(run.data, stage.sequence) + (tasks() ? stage.answerTokens : 0), run.threads) {
    optimizer_.first.resize(model.trainedCount());
    optimizer_.second.resize(model.trainedCount());
    const auto seed = run.request.recipe.seed;
    std::size_t rows = 0;
    if (preferences()) {
        pairs_ = pairRowsOf(run.data.trainPairs, gradients_);
        validationPairs_ = pairRowsOf(run.data.validationPairs, gradients_);
        rows = pairs_.size();
    } else if (tasks()) {
        validationTasks_ = run.data.validationTasks;
        validationTasks_.resize(std::min(validationTasks_.size(), kValidationRows));
        rows = run.data.tasks.size();
    } else if (pictures()) {
        auto held = pictureRows(0, kValidationPictures);
        if (held)
            validationRows_ = std::move(*held);
        else
            prepared_ = held.error();
    } else {
        for (const auto& indices : packRows(run.data.validation, stage.sequence, seed, 0))
            if (validationRows_.size() < kValidationRows)
                validationRows_.push_back(rowOf(run.data.validation, indices));
        rows = packRows(run.data.train, stage.sequence, seed, 0).size();
    }
    const auto perStep = static_cast<double>(stage.batch * stage.accumulate);
    steps_ = stage.steps > 0
                 ? stage.steps
                 : std::max<std::int64_t>(
                       1, std::llround(std::ceil(static_cast<double>(rows) * stage.epochs / perStep)));
}

Result<void> StageRunner::takeUp(const std::filesystem::path& file) {
    auto position = loadTrainingState(file, model_, optimizer_);
    if (!position)
        return position.error();
    position_ = *position;
    return {};
}

std::vector<TrainRow> StageRunner::nextRows(std::int64_t count) {
    std::vector<TrainRow> batch;
    while (static_cast<std::int64_t>(batch.size()) < count) {
        if (rows_.empty())
            rows_ = packRows(run_.data.train, stage_.sequence, run_.request.recipe.seed, position_.epoch);
        if (position_.row == static_cast<std::int64_t>(rows_.size())) {
            rows_.clear();
            position_.row = 0;
            ++position_.epoch;
            continue;
        }
        batch.push_back(rowOf(run_.data.train, rows_[static_cast<std::size_t>(position_.row++)]));
    }
    return batch;
}

std::vector<std::size_t> StageRunner::nextOf(std::size_t all, std::int64_t count) {
    std::vector<std::size_t> picked;
    while (static_cast<std::int64_t>(picked.size()) < count) {
        if (position_.row == static_cast<std::int64_t>(all)) {
            position_.row = 0;
            ++position_.epoch;
        }
        if (rows_.empty() || position_.row == 0) {
            // One text per row: the order of packed rows is that of the examples.
            const std::vector<TrainExample> ones(all, TrainExample{{0, 0}, {0, 0}});
            rows_ = packRows(ones, 1, run_.request.recipe.seed, position_.epoch);
        }
        picked.push_back(rows_[static_cast<std::size_t>(position_.row++)].front());
    }
    return picked;
}

std::vector<PairRow> StageRunner::nextPairs(std::int64_t count) {
    std::vector<PairRow> batch;
    for (const auto index : nextOf(pairs_.size(), count))
        batch.push_back(pairs_[index]);
    return batch;
}

Result<StepSums> StageRunner::policyOfNext(std::int64_t count) {
    std::vector<const VerifiableTask*> asked;
    for (const auto index : nextOf(run_.data.tasks.size(), count))
        asked.push_back(&run_.data.tasks[index]);
    // Far enough from the seeds of other steps.
    const auto seed = run_.request.recipe.seed + static_cast<std::uint64_t>(position_.step + 1) * 1'000'003;
    const auto answers = sampleAnswers(model_, run_.tokenizer, asked, stage_, seed, run_.threads);
    if (!answers)
        return answers.error();
    auto sums = gradients_.policyGradient(answers->rows, stage_.beta);
    sums.accuracy = answers->reward;
    sums.loss = 1.0 - answers->reward;
    return sums;
}

Result<std::vector<TrainRow>> StageRunner::pictureRows(std::int64_t first, std::int64_t count) const {
    std::vector<TrainRow> rows;
    for (std::int64_t i = 0; i < count; ++i) {
        auto row = pictureRow(run_.request.pictures->at(first + i), run_.tokenizer, model_.config(),
                              stage_.sequence);
        if (!row)
            return row.error();
        rows.push_back(std::move(*row));
    }
    return rows;
}

Result<StepSums> StageRunner::gradientOfNext() {
    const auto count = stage_.batch * stage_.accumulate;
    if (pictures()) {
        auto rows = pictureRows(kValidationPictures + position_.row, count);
        if (!rows)
            return rows.error();
        position_.row += count;
        return gradients_.gradient(*rows);
    }
    if (tasks())
        return policyOfNext(count);
    if (preferences())
        return gradients_.preferenceGradient(nextPairs(count), stage_.beta);
    return gradients_.gradient(nextRows(count));
}

Result<double> StageRunner::validate() {
    if (tasks()) {
        const auto right = shareRight(model_, run_.tokenizer, validationTasks_, stage_, run_.threads);
        if (!right)
            return right.error();
        return 1.0 - *right;
    }
    return preferences() ? gradients_.evaluatePreferences(validationPairs_, stage_.beta).loss
                         : gradients_.evaluate(validationRows_).loss;
}

Result<FinetuneStep> StageRunner::step() {
    const auto begin = std::chrono::steady_clock::now();
    const auto taken = gradientOfNext();
    if (!taken)
        return taken.error();
    const auto& sums = *taken;
    FinetuneStep result;
    result.stage = position_.stage;
    result.loss = sums.loss;
    result.accuracy = sums.accuracy;
    result.gradientNorm = clipGradients(gradients_.total(), stage_.clip);
    result.learningRate =
        learningRate(stage_.learningRate, stage_.finalRate, stage_.warmup, steps_, position_.step);
    ++optimizer_.steps;
    for (auto& parameter : model_.parameters())
        adamwStep(stage_.adamw, result.learningRate, parameter.decays,
                  gradients_.total().subspan(parameter.offset, parameter.size()), parameter.offset,
                  optimizer_, parameter.master);
    model_.refresh();
    result.step = ++position_.step;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    result.tokensPerSecond = static_cast<double>(sums.tokens) / std::max(1e-9, seconds.count());
    return result;
}

Result<void> StageRunner::save(const std::filesystem::path& file) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    position_.seconds = startSeconds_ + elapsed.count();
    position_.history = historyText(history);
    return saveTrainingState(file, position_, model_, optimizer_);
}

void StageRunner::tell(const FinetuneStep& last) const {
    if (!run_.progress)
        return;
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
    const auto done = static_cast<double>(position_.step - startStep_);
    run_.progress({last, steps_, static_cast<std::int64_t>(run_.request.recipe.stages.size()),
                   elapsed.count() / done * static_cast<double>(steps_ - position_.step)});
}

Result<void> StageRunner::run(const std::filesystem::path& stateFile, const std::filesystem::path& bestFile) {
    if (!prepared_)
        return prepared_;
    const auto& recipe = run_.request.recipe;
    start_ = std::chrono::steady_clock::now();
    startSeconds_ = position_.seconds;
    startStep_ = position_.step;
    const bool heldOut = !validationRows_.empty() || !validationPairs_.empty() || !validationTasks_.empty();
    while (position_.step < steps_) {
        if (run_.request.paused)
            run_.request.paused->wait(run_.stop);
        const bool enough = run_.request.longestRun > 0 && run_.stepsDone >= run_.request.longestRun;
        if (run_.stop.stop_requested() || enough) {
            if (auto saved = save(stateFile); !saved)
                return saved;
            return Error{ErrorCode::cancelled, "stopped after step " + std::to_string(position_.step) +
                                                   " of " + std::to_string(steps_) +
                                                   ", which is kept; the same command goes on from there"};
        }
        auto taken = step();
        if (!taken)
            return taken.error();
        auto& last = *taken;
        ++run_.stepsDone;
        const bool end = position_.step == steps_;
        if (!std::isfinite(last.loss))
            return Error{ErrorCode::invalidInput, "the loss became infinite at step " +
                                                      std::to_string(last.step) +
                                                      "; lower learning_rate or raise warmup"};
        if (heldOut && (end || position_.step % recipe.validateEvery == 0)) {
            const auto loss = validate();
            if (!loss)
                return loss.error();
            last.validationLoss = *loss;
            if (position_.bestStep < 0 || *last.validationLoss < position_.bestLoss) {
                position_.bestLoss = *last.validationLoss;
                position_.bestStep = position_.step;
                if (auto saved = saveTrainingState(bestFile, position_, model_, {}); !saved)
                    return saved;
            }
        }
        history.push_back(last);
        if (end || position_.step % recipe.saveEvery == 0)
            if (auto saved = save(stateFile); !saved)
                return saved;
        tell(last);
    }
    return finish(bestFile);
}

Result<void> StageRunner::finish(const std::filesystem::path& bestFile) {
    if (position_.bestStep < 0 || position_.bestStep == position_.step)
        return {};
    AdamWState none;
    auto best = loadTrainingState(bestFile, model_, none);
    return best ? Result<void>{} : best.error();
}

std::string historyText(const std::vector<FinetuneStep>& steps) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& s : steps) {
        list.push_back({{"stage", s.stage},
                        {"step", s.step},
                        {"loss", s.loss},
                        {"lr", s.learningRate},
                        {"gradient_norm", s.gradientNorm},
                        {"tokens_per_s", s.tokensPerSecond},
                        {"accuracy", s.accuracy}});
        if (s.validationLoss)
            list.back()["validation_loss"] = *s.validationLoss;
    }
    return list.dump();
}

std::vector<FinetuneStep> historyFrom(const std::string& text) {
    std::vector<FinetuneStep> steps;
    const auto list = nlohmann::json::parse(text, nullptr, false);
    if (!list.is_array())
        return steps;
    for (const auto& item : list) {
        FinetuneStep s;
        s.stage = item.value("stage", std::int64_t{0});
        s.step = item.value("step", std::int64_t{0});
        s.loss = item.value("loss", 0.0);
        s.learningRate = item.value("lr", 0.0);
        s.gradientNorm = item.value("gradient_norm", 0.0);
        s.tokensPerSecond = item.value("tokens_per_s", 0.0);
        s.accuracy = item.value("accuracy", 0.0);
        if (item.contains("validation_loss"))
            s.validationLoss = item.value("validation_loss", 0.0);
        steps.push_back(s);
    }
    return steps;
}

}  // namespace engine::train
