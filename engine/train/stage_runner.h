#pragma once

#include <chrono>
#include <memory>

#include "engine/train/finetune.h"
#include "engine/train/gradient_step.h"
#include "engine/train/task_answers.h"
#include "engine/train/training_state.h"

namespace engine::train {

/// What the stages of a run have in common.
struct RunContext {
    const FinetuneRequest& request;
    const TrainingData& data;
    const Tokenizer& tokenizer;
    int threads = 1;
    std::int64_t stepsDone = 0;  ///< in this call, over stages
    const std::function<void(const FinetuneProgress&)>& progress;
    std::stop_token stop;
};

/// Takes one stage's steps from where `position` stands to its end, saving on the way.
class StageRunner {
public:
    /// `teacher` may be nullptr. References have to outlive it. The model is as before the stage.
    StageRunner(RunContext& run, const FinetuneStage& stage, TrainableModel& model,
                const TrainableModel* teacher, TrainingPosition& position);

    /// Continues from the state in `file` if the position says that this stage had begun. Errors: as
    /// loadTrainingState.
    Result<void> takeUp(const std::filesystem::path& file);
    /// Errors: cancelled (the state is saved), io; for pictures as pictureRow.
    Result<void> run(const std::filesystem::path& stateFile, const std::filesystem::path& bestFile);

    std::int64_t steps() const { return steps_; }
    std::vector<FinetuneStep> history;

private:
    bool preferences() const { return stage_.method == FinetuneMethod::dpo; }
    bool pictures() const { return stage_.method == FinetuneMethod::visionAdapter; }
    /// The next `count` rows (or pairs) in the order of the epochs.
    std::vector<TrainRow> nextRows(std::int64_t count);
    /// Rows of pictures from number `first` on. Errors: as pictureRow.
    Result<std::vector<TrainRow>> pictureRows(std::int64_t first, std::int64_t count) const;
    std::vector<PairRow> nextPairs(std::int64_t count);
    bool tasks() const { return stage_.method == FinetuneMethod::rlvr; }
    /// Answers to the next tasks, and what they teach: loss is the share of wrong ones.
    Result<StepSums> policyOfNext(std::int64_t count);
    /// Which examples stand at the next `count` places of the epochs, of `all`.
    std::vector<std::size_t> nextOf(std::size_t all, std::int64_t count);
    Result<StepSums> gradientOfNext();
    Result<double> validate();
    Result<FinetuneStep> step();
    Result<void> save(const std::filesystem::path& file);
    Result<void> finish(const std::filesystem::path& bestFile);
    void tell(const FinetuneStep& step) const;

    RunContext& run_;
    const FinetuneStage& stage_;
    TrainableModel& model_;
    TrainingPosition& position_;
    GradientStep gradients_;
    AdamWState optimizer_;
    std::int64_t steps_ = 0;
    std::vector<std::vector<std::size_t>> rows_;  // of the position's epoch
    std::vector<TrainRow> validationRows_;
    std::vector<PairRow> pairs_, validationPairs_;
    std::vector<VerifiableTask> validationTasks_;
    Result<void> prepared_;
    std::int64_t startStep_ = 0;
    double startSeconds_ = 0.0;
    std::chrono::steady_clock::time_point start_;
};

/// JSON of steps as `anven finetune --json` prints them, and back.
std::string historyText(const std::vector<FinetuneStep>& steps);
std::vector<FinetuneStep> historyFrom(const std::string& text);

}  // namespace engine::train
