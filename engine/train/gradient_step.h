#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/train/trainable_model.h"
#include "engine/train/training_data.h"

namespace engine::train {

/// What a set of rows said.
struct StepSums {
    double loss = 0.0;      ///< mean over learned tokens; of preferences: over pairs
    double nll = 0.0;       ///< mean -ln p(target) over learned tokens
    double kl = 0.0;        ///< mean KL(teacher || model); 0 without a teacher
    double accuracy = 0.0;  ///< share of learned tokens that are most likely; of pairs with a margin above 0
    double margin = 0.0;    ///< of preferences: mean of beta * (what separates the answers)
    std::int64_t tokens = 0;   ///< that went through the model
    std::int64_t learned = 0;  ///< of them targets (or pairs)
};

/// Two answers in one row, and what the model said of them before training.
struct PairRow {
    TrainRow row;                  // segment 0 the chosen, 1 the rejected answer
    double referenceMargin = 0.0;  ///< ln p(chosen) - ln p(rejected), sums over the answers' tokens
};
PairRow pairRowOf(const PreferencePair& pair);

/// An answer that a model gave to a task, one text in its row, and how much better it was than the others to
/// the same task.
struct AnswerRow {
    TrainRow row;
    double advantage = 0.0;
};

/// Losses and gradients of rows, one row per thread at a time. Thread i takes the rows i, i + threads …, and
/// the threads' sums are added in their order, so that the same number of threads gives the same bits.
class GradientStep {
public:
    /// `teacher` may be nullptr; both have to outlive it. `longest` is the longest text in tokens.
    GradientStep(const TrainableModel& model, const TrainableModel* teacher, float share,
                 Checkpointing checkpointing, std::int64_t longest, int threads);
    ~GradientStep();

    /// The mean gradient of the rows' loss, straight through rounding.
    StepSums gradient(std::span<const TrainRow> rows);
    StepSums evaluate(std::span<const TrainRow> rows);

    /// DPO (Rafailov et al. 2023, arXiv:2305.18290): -ln sigmoid(beta * (margin - reference margin)), mean
    /// over the pairs.
    StepSums preferenceGradient(std::span<const PairRow> rows, double beta);
    StepSums evaluatePreferences(std::span<const PairRow> rows, double beta);
    /// ln p(chosen) - ln p(rejected) of every row as the model is now.
    std::vector<double> margins(std::span<const PairRow> rows);

    /// GRPO (Shao et al. 2024, arXiv:2402.03300, eq. 3) with one step per answer, so that its ratio is 1 and
    /// nothing is clipped: the gradient of the mean over answers of the mean over their tokens of
    /// -advantage * ln p + beta * KL, the KL to the teacher estimated as exp(r) - r - 1, r = ln q - ln p.
    StepSums policyGradient(std::span<const AnswerRow> rows, double beta);

    std::span<float> total() { return slots_[0]; }
    std::int64_t bytes() const;

private:
    struct Worker;
    StepSums run(std::span<const TrainRow> rows, bool wantGradient);
    StepSums runPairs(std::span<const PairRow> rows, double beta, bool wantGradient);
    /// ln p of the row's targets by the teacher, into the worker's buffer.
    void teacherLogs(Worker& worker, const TrainRow& row) const;
    void clearSlots();
    void addSlots();

    const TrainableModel& model_;
    const TrainableModel* teacher_;
    float share_;
    RopeTable table_;
    RopeTable teacherTable_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::vector<float>> slots_;  // [threads] of trainedCount()
};

}  // namespace engine::train
