#include "engine/train/finetune.h"

#include <algorithm>

#include "engine/checkpoint/file_digest.h"
#include "engine/runtime/topology.h"
#include "engine/train/stage_runner.h"

namespace engine::train {
namespace {

namespace fs = std::filesystem;

/// Where a run keeps what it needs for going on.
struct Places {
    fs::path folder;
    fs::path state() const { return folder / "state.bin"; }
    fs::path best(std::int64_t stage) const { return folder / ("best-" + std::to_string(stage) + ".bin"); }
    fs::path done(std::int64_t stage) const { return folder / ("stage-" + std::to_string(stage) + ".bin"); }
};

std::int64_t longestSequence(const FinetuneRecipe& recipe) {
    std::int64_t longest = 0;
    for (const auto& stage : recipe.stages)
        longest = std::max(longest, stage.sequence);
    return longest;
}

Result<void> checkData(const FinetuneRequest& request, const TrainingData& data) {
    const auto& file = request.data;
    for (const auto& stage : request.recipe.stages) {
        const bool sees = stage.method == FinetuneMethod::visionAdapter;
        if (sees != (request.pictures != nullptr))
            return Error{ErrorCode::invalidInput,
                         sees ? "vision-adapter learns from pictures, which a file of texts does not have; "
                                "`anven demo see` draws some"
                              : std::string(name(stage.method)) + " does not learn from pictures"};
        if (sees && stage.steps == 0)
            return Error{ErrorCode::invalidInput, "vision-adapter needs `steps`: pictures have no end"};
        if (sees)
            continue;
        if (stage.method == FinetuneMethod::rlvr) {
            if (data.tasks.empty())
                return Error{
                    ErrorCode::invalidInput,
                    file.string() + " has no tasks (\"prompt\", \"check\", \"answer\"), which rlvr needs"};
            continue;
        }
        const bool pairs = stage.method == FinetuneMethod::dpo;
        if (pairs ? data.trainPairs.empty() : data.train.empty())
            return Error{
                ErrorCode::invalidInput,
                file.string() +
                    (pairs
                         ? " has no preference pairs (\"prompt\", \"chosen\", \"rejected\"), "
                           "which dpo needs"
                         : " has nothing but preference pairs or tasks; only dpo and rlvr learn from those")};
    }
    return {};
}

/// A whole run: its stages' models follow from one another.
class Run {
public:
    Run(const FinetuneRequest& request, const TrainingData& data, const Tokenizer& tokenizer,
        const std::function<void(const FinetuneProgress&)>& progress, std::stop_token stop, std::string key)
        : request_(request),
          context_{request, data, tokenizer, request.threads, 0, progress, std::move(stop)},
          places_{request.out / "training"},
          key_(std::move(key)) {
        if (context_.threads <= 0)
            context_.threads = static_cast<int>(computeCpus().size());
        report_.data = data.statistics;
    }

    Result<FinetuneReport> run(std::shared_ptr<const Checkpoint> checkpoint) {
        std::error_code failure;
        fs::create_directories(places_.folder, failure);
        if (failure)
            return Error{ErrorCode::io, places_.folder.string() + " cannot be made: " + failure.message()};
        if (auto ok = findState(); !ok)
            return ok.error();
        EnergyRecorder energy(request_.energy);
        energy.measureIdle(context_.stop);
        energy.start();
        const auto stages = static_cast<std::int64_t>(request_.recipe.stages.size());
        for (std::int64_t stage = 0; stage < stages; ++stage)
            if (auto ok = runStage(stage, checkpoint); !ok)
                return ok.error();
        report_.energy = energy.stop(0);
        auto written = writeModel(*model_, request_.out);
        if (!written)
            return written.error();
        report_.model = std::move(*written);
        report_.parameters = static_cast<std::int64_t>(model_->trainedCount());
        report_.seconds = position_.seconds;
        return std::move(report_);
    }

private:
    Result<void> findState() {
        auto found = readTrainingPosition(places_.state());
        if (!found && found.error().code == ErrorCode::notFound) {
            position_.key = key_;
            return {};
        }
        if (!found)
            return found.error();
        if (found->key != key_)
            return Error{ErrorCode::invalidInput,
                         places_.folder.string() +
                             " holds the state of a run with another model, recipe or data; "
                             "name another folder, or remove it to start anew"};
        position_ = *found;
        report_.resumed = true;
        report_.steps = historyFrom(position_.history);
        return {};
    }

    Result<void> makeModel(const FinetuneStage& stage, const std::shared_ptr<const Checkpoint>& checkpoint) {
        const auto* before = model_ ? &model_->options() : nullptr;
        const auto options = stage.trainable(request_.recipe.seed, before);
        auto made = model_ ? model_->continued(options) : TrainableModel::create(checkpoint, options);
        if (!made)
            return made.error();
        teacher_.reset();
        if (stage.distill > 0.0 || (stage.method == FinetuneMethod::rlvr && stage.beta > 0.0)) {
            TrainableOptions frozen;
            frozen.backbone = false;
            // Rounded weights teach nothing that their student does not know.
            auto teacher = model_ && !model_->options().family ? model_->continued(frozen)
                                                               : TrainableModel::create(checkpoint, frozen);
            if (!teacher)
                return teacher.error();
            teacher_ = std::move(*teacher);
        }
        model_ = std::move(*made);
        return {};
    }

    Result<void> runStage(std::int64_t index, const std::shared_ptr<const Checkpoint>& checkpoint) {
        const auto& stage = request_.recipe.stages[static_cast<std::size_t>(index)];
        if (auto ok = makeModel(stage, checkpoint); !ok)
            return ok;
        AdamWState none;
        if (index < position_.stage) {
            auto done = loadTrainingState(places_.done(index), *model_, none);
            return done ? Result<void>{} : done.error();
        }
        auto history = report_.steps;
        StageRunner runner(context_, stage, *model_, teacher_.get(), position_);
        if (report_.resumed && position_.step > 0)
            if (auto ok = runner.takeUp(places_.state()); !ok)
                return ok;
        runner.history = std::move(history);
        const auto ran = runner.run(places_.state(), places_.best(index));
        report_.steps = runner.history;
        if (!ran)
            return ran;
        report_.bestStep = position_.bestStep >= 0 ? position_.bestStep : position_.step;
        report_.validationLoss = position_.bestStep >= 0 ? std::optional(position_.bestLoss) : std::nullopt;
        report_.tokensPerSecond = medianSpeed(index);
        return nextStage(index);
    }

    /// The stage's result is kept before the state says that it is over.
    Result<void> nextStage(std::int64_t index) {
        if (index + 1 == static_cast<std::int64_t>(request_.recipe.stages.size()))
            return {};
        TrainingPosition next;
        next.key = key_;
        next.stage = index + 1;
        next.seconds = position_.seconds;
        next.history = historyText(report_.steps);
        if (auto ok = saveTrainingState(places_.done(index), next, *model_, {}); !ok)
            return ok;
        position_ = next;
        return saveTrainingState(places_.state(), next, *model_, {});
    }

    double medianSpeed(std::int64_t stage) const {
        std::vector<double> speeds;
        for (const auto& step : report_.steps)
            if (step.stage == stage)
                speeds.push_back(step.tokensPerSecond);
        if (speeds.empty())
            return 0.0;
        std::nth_element(speeds.begin(), speeds.begin() + static_cast<std::ptrdiff_t>(speeds.size() / 2),
                         speeds.end());
        return speeds[speeds.size() / 2];
    }

    const FinetuneRequest& request_;
    RunContext context_;
    Places places_;
    std::string key_;
    TrainingPosition position_;
    std::unique_ptr<TrainableModel> model_;
    std::unique_ptr<TrainableModel> teacher_;
    FinetuneReport report_;
};

/// What is learned from, and what tells it from anything else.
struct Lessons {
    TrainingData data;
    std::string identity;
};

Result<Lessons> readLessons(const FinetuneRequest& request, const Tokenizer& tokenizer,
                            const std::stop_token& stop) {
    Lessons lessons;
    if (request.pictures) {
        if (auto ok = checkData(request, lessons.data); !ok)
            return ok.error();
        lessons.identity = request.pictures->identity();
        return lessons;
    }
    auto items = readTrainingFile(request.data);
    if (!items)
        return items.error();
    auto data = prepareData(*items, tokenizer, request.recipe.validation, longestSequence(request.recipe),
                            request.recipe.seed);
    if (!data)
        return data.error().in(request.data.string());
    if (auto ok = checkData(request, *data); !ok)
        return ok.error();
    auto digest = fileDigest(request.data, stop);
    if (!digest)
        return digest.error();
    return Lessons{std::move(*data), std::move(*digest)};
}

}  // namespace

Result<DataStatistics> surveyTrainingData(const FinetuneRequest& request) {
    auto checkpoint = Checkpoint::open(request.model);
    if (!checkpoint)
        return checkpoint.error();
    auto tokenizer = Tokenizer::load(**checkpoint);
    if (!tokenizer)
        return tokenizer.error();
    auto lessons = readLessons(request, **tokenizer, {});
    if (!lessons)
        return lessons.error();
    return std::move(lessons->data.statistics);
}

Result<FinetuneReport> finetune(const FinetuneRequest& request,
                                const std::function<void(const FinetuneProgress&)>& progress,
                                std::stop_token stop) {
    auto checkpoint = Checkpoint::open(request.model);
    if (!checkpoint)
        return checkpoint.error();
    auto tokenizer = Tokenizer::load(**checkpoint);
    if (!tokenizer)
        return tokenizer.error();
    auto lessons = readLessons(request, **tokenizer, stop);
    if (!lessons)
        return lessons.error();
    std::string key = canonicalText(request.recipe) + lessons->identity;
    for (const auto& file : (*checkpoint)->files) {
        auto weights = fileDigest(file, stop);
        if (!weights)
            return weights.error();
        key += *weights;
    }
    return Run(request, lessons->data, **tokenizer, progress, stop, textDigest(key)).run(*checkpoint);
}

}  // namespace engine::train
