#include "engine/train/gradient_step.h"

#include <algorithm>
#include <cmath>

#include "engine/train/parallel_rows.h"

namespace engine::train {

/// One thread's passes and buffers.
struct GradientStep::Worker {
    Worker(const TrainableModel& model, const RopeTable& table, Checkpointing checkpointing)
        : passes(model.shape(), table, checkpointing, model.options().vision ? &model.config() : nullptr) {}

    DecoderPasses<float> passes;
    std::unique_ptr<DecoderPasses<float>> teacherPasses;
    std::vector<float> dHidden, logProbabilities, teacherLogs, weights;
    LossSums sums;
    double margin = 0.0;
    std::int64_t tokens = 0;
};

namespace {

double marginOf(const TrainRow& row, std::span<const float> logProbabilities) {
    const auto split = static_cast<std::size_t>(row.row.segments[1].begin);
    double margin = 0.0;
    for (std::size_t t = 0; t < logProbabilities.size(); ++t)
        margin += (t < split ? 1.0 : -1.0) * double{logProbabilities[t]};
    return margin;
}

/// ln(1 + exp(-x)) without overflow.
double softplusOfMinus(double x) {
    return x > 0.0 ? std::log1p(std::exp(-x)) : -x + std::log1p(std::exp(x));
}

}  // namespace

PairRow pairRowOf(const PreferencePair& pair) {
    const std::vector<TrainExample> both{pair.chosen, pair.rejected};
    const std::size_t order[] = {0, 1};
    return {rowOf(both, order)};
}

GradientStep::GradientStep(const TrainableModel& model, const TrainableModel* teacher, float share,
                           Checkpointing checkpointing, std::int64_t longest, int threads)
    : model_(model),
      teacher_(teacher),
      share_(share),
      table_(makeRopeTable(model.config().rope, model.config().headDim, longest)) {
    if (teacher_ != nullptr)
        teacherTable_ = makeRopeTable(teacher_->config().rope, teacher_->config().headDim, longest);
    for (int i = 0; i < threads; ++i) {
        workers_.push_back(std::make_unique<Worker>(model, table_, checkpointing));
        if (teacher_ != nullptr)
            workers_.back()->teacherPasses = std::make_unique<DecoderPasses<float>>(
                teacher_->shape(), teacherTable_, Checkpointing::blocks);
    }
    slots_.resize(workers_.size());
}

GradientStep::~GradientStep() = default;

void GradientStep::clearSlots() {
    for (auto& slot : slots_)
        slot.assign(model_.trainedCount(), 0.0F);
}

void GradientStep::addSlots() {
    auto& total = slots_[0];
    for (std::size_t s = 1; s < slots_.size(); ++s)
        for (std::size_t i = 0; i < total.size(); ++i)
            total[i] += slots_[s][i];
    model_.straightThrough(total.data());
}

StepSums GradientStep::run(std::span<const TrainRow> rows, bool wantGradient) {
    std::int64_t learned = 0;
    for (const auto& row : rows)
        learned += row.learned;
    const float weight = 1.0F / static_cast<float>(std::max<std::int64_t>(1, learned));
    onThreads(static_cast<int>(workers_.size()), [&](int thread) {
        auto& worker = *workers_[static_cast<std::size_t>(thread)];
        worker.sums = {};
        worker.tokens = 0;
        float* slot = wantGradient ? slots_[static_cast<std::size_t>(thread)].data() : nullptr;
        const auto gradients = wantGradient ? model_.gradientsIn(slot) : DecoderGradients<float>{};
        for (auto r = static_cast<std::size_t>(thread); r < rows.size(); r += workers_.size()) {
            const auto& row = rows[r];
            Teacher<float> teacher;
            LossRows<float> targets{row.targets, {}, nullptr};
            worker.weights.assign(row.weights.begin(), row.weights.end());
            for (float& w : worker.weights)
                w *= weight;
            targets.weights = worker.weights;
            if (teacher_ != nullptr) {
                teacher = {teacher_->head(), worker.teacherPasses->forward(teacher_->weights(), row.row),
                           share_};
                targets.teacher = &teacher;
            }
            const auto hidden = worker.passes.forward(model_.weights(), row.row);
            worker.dHidden.resize(wantGradient ? hidden.size() : 0);
            const auto sums =
                lossOfRows<float>(model_.head(), hidden, targets, worker.dHidden, gradients.output);
            worker.sums.loss += sums.loss;
            worker.sums.nll += sums.nll;
            worker.sums.kl += sums.kl;
            worker.sums.rows += sums.rows;
            worker.sums.correct += sums.correct;
            worker.tokens += row.row.size();
            if (wantGradient)
                worker.passes.backward(model_.weights(), row.row, worker.dHidden, gradients);
        }
    });
    StepSums total;
    total.learned = learned;
    for (const auto& worker : workers_) {
        total.loss += worker->sums.loss;
        total.nll += worker->sums.nll * double{weight};
        total.kl += worker->sums.kl * double{weight};
        total.accuracy += static_cast<double>(worker->sums.correct) * double{weight};
        total.tokens += worker->tokens;
    }
    return total;
}

StepSums GradientStep::gradient(std::span<const TrainRow> rows) {
    clearSlots();
    const auto sums = run(rows, true);
    addSlots();
    return sums;
}

StepSums GradientStep::evaluate(std::span<const TrainRow> rows) {
    return run(rows, false);
}

StepSums GradientStep::runPairs(std::span<const PairRow> rows, double beta, bool wantGradient) {
    const double share = 1.0 / static_cast<double>(std::max<std::size_t>(1, rows.size()));
    std::vector<StepSums> sums(workers_.size());
    onThreads(static_cast<int>(workers_.size()), [&](int thread) {
        auto& worker = *workers_[static_cast<std::size_t>(thread)];
        auto& mine = sums[static_cast<std::size_t>(thread)];
        float* slot = wantGradient ? slots_[static_cast<std::size_t>(thread)].data() : nullptr;
        const auto gradients = wantGradient ? model_.gradientsIn(slot) : DecoderGradients<float>{};
        for (auto r = static_cast<std::size_t>(thread); r < rows.size(); r += workers_.size()) {
            const auto& row = rows[r].row;
            const auto hidden = worker.passes.forward(model_.weights(), row.row);
            worker.logProbabilities.resize(row.targets.size());
            LossRows<float> targets{row.targets, row.weights, nullptr};
            const auto losses =
                lossOfRows<float>(model_.head(), hidden, targets, {}, nullptr, worker.logProbabilities);
            const double logit = beta * (marginOf(row, worker.logProbabilities) - rows[r].referenceMargin);
            mine.loss += share * softplusOfMinus(logit);
            mine.margin += share * logit;
            mine.accuracy += logit > 0.0 ? share : 0.0;
            mine.nll += share * losses.nll / static_cast<double>(std::max<std::int64_t>(1, losses.rows));
            mine.tokens += row.row.size();
            if (!wantGradient)
                continue;
            // d loss / d ln p of a chosen token; the head's weights are factors of -ln p.
            const auto pull = static_cast<float>(share * beta / (1.0 + std::exp(logit)));
            const auto split = static_cast<std::size_t>(row.row.segments[1].begin);
            worker.weights.resize(row.weights.size());
            for (std::size_t t = 0; t < row.weights.size(); ++t)
                worker.weights[t] = row.weights[t] * (t < split ? pull : -pull);
            targets.weights = worker.weights;
            worker.dHidden.resize(hidden.size());
            lossOfRows<float>(model_.head(), hidden, targets, worker.dHidden, gradients.output);
            worker.passes.backward(model_.weights(), row.row, worker.dHidden, gradients);
        }
    });
    StepSums total;
    total.learned = static_cast<std::int64_t>(rows.size());
    for (const auto& mine : sums) {
        total.loss += mine.loss;
        total.margin += mine.margin;
        total.accuracy += mine.accuracy;
        total.nll += mine.nll;
        total.tokens += mine.tokens;
    }
    return total;
}

StepSums GradientStep::preferenceGradient(std::span<const PairRow> rows, double beta) {
    clearSlots();
    const auto sums = runPairs(rows, beta, true);
    addSlots();
    return sums;
}

StepSums GradientStep::evaluatePreferences(std::span<const PairRow> rows, double beta) {
    return runPairs(rows, beta, false);
}

std::vector<double> GradientStep::margins(std::span<const PairRow> rows) {
    std::vector<double> result(rows.size());
    onThreads(static_cast<int>(workers_.size()), [&](int thread) {
        auto& worker = *workers_[static_cast<std::size_t>(thread)];
        for (auto r = static_cast<std::size_t>(thread); r < rows.size(); r += workers_.size()) {
            const auto& row = rows[r].row;
            const auto hidden = worker.passes.forward(model_.weights(), row.row);
            worker.logProbabilities.resize(row.targets.size());
            lossOfRows<float>(model_.head(), hidden, {row.targets, row.weights, nullptr}, {}, nullptr,
                              worker.logProbabilities);
            result[r] = marginOf(row, worker.logProbabilities);
        }
    });
    return result;
}

void GradientStep::teacherLogs(Worker& worker, const TrainRow& row) const {
    const auto hidden = worker.teacherPasses->forward(teacher_->weights(), row.row);
    worker.teacherLogs.resize(row.targets.size());
    lossOfRows<float>(teacher_->head(), hidden, {row.targets, row.weights, nullptr}, {}, nullptr,
                      worker.teacherLogs);
}

StepSums GradientStep::policyGradient(std::span<const AnswerRow> rows, double beta) {
    clearSlots();
    const double share = 1.0 / static_cast<double>(std::max<std::size_t>(1, rows.size()));
    std::vector<StepSums> sums(workers_.size());
    onThreads(static_cast<int>(workers_.size()), [&](int thread) {
        auto& worker = *workers_[static_cast<std::size_t>(thread)];
        auto& mine = sums[static_cast<std::size_t>(thread)];
        const auto gradients = model_.gradientsIn(slots_[static_cast<std::size_t>(thread)].data());
        for (auto r = static_cast<std::size_t>(thread); r < rows.size(); r += workers_.size()) {
            const auto& row = rows[r].row;
            const double perToken = share / static_cast<double>(std::max<std::int64_t>(1, row.learned));
            if (teacher_ != nullptr)
                teacherLogs(worker, row);
            const auto hidden = worker.passes.forward(model_.weights(), row.row);
            worker.logProbabilities.resize(row.targets.size());
            LossRows<float> targets{row.targets, row.weights, nullptr};
            lossOfRows<float>(model_.head(), hidden, targets, {}, nullptr, worker.logProbabilities);
            worker.weights.assign(row.weights.size(), 0.0F);
            for (std::size_t t = 0; t < row.weights.size(); ++t) {
                if (row.weights[t] == 0.0F)
                    continue;
                const double apart = teacher_ != nullptr
                                         ? double{worker.teacherLogs[t]} - double{worker.logProbabilities[t]}
                                         : 0.0;
                // Factors of -ln p, whose gradient the head makes: that of the KL to ln p is 1 - exp(r).
                worker.weights[t] =
                    static_cast<float>(perToken * (rows[r].advantage + beta * std::expm1(apart)));
                mine.kl += perToken * (std::expm1(apart) - apart);
            }
            mine.tokens += row.row.size();
            targets.weights = worker.weights;
            worker.dHidden.resize(hidden.size());
            lossOfRows<float>(model_.head(), hidden, targets, worker.dHidden, gradients.output);
            worker.passes.backward(model_.weights(), row.row, worker.dHidden, gradients);
        }
    });
    StepSums total;
    for (const auto& mine : sums) {
        total.kl += mine.kl;
        total.tokens += mine.tokens;
    }
    addSlots();
    return total;
}

std::int64_t GradientStep::bytes() const {
    return static_cast<std::int64_t>(slots_.size() * model_.trainedCount() * sizeof(float));
}

}  // namespace engine::train
