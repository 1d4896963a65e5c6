#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/benchmark/pause_switch.h"
#include "engine/energy/energy.h"
#include "engine/train/finetune_recipe.h"
#include "engine/train/model_writer.h"
#include "engine/train/picture_rows.h"
#include "engine/train/training_data.h"

namespace engine::train {

struct FinetuneRequest {
    std::string model;  ///< as Checkpoint::open takes it
    FinetuneRecipe recipe;
    std::filesystem::path data;  ///< as readTrainingFile takes it; not read where there are `pictures`
    std::shared_ptr<const PictureSource> pictures;  ///< what vision-adapter stages learn from
    std::filesystem::path out;    ///< folder of the result; what is kept for going on lies in out/training
    int threads = 0;              ///< 0 = one per physical performance core
    std::int64_t longestRun = 0;  ///< steps after which this call stops and keeps its state; 0 = to the end
    EnergyOptions energy;
    std::shared_ptr<const PauseSwitch> paused;
};

/// One step, or the one after which it was validated.
struct FinetuneStep {
    std::int64_t stage = 0;  ///< from 0
    std::int64_t step = 0;   ///< from 1, in its stage
    double loss = 0.0;
    double learningRate = 0.0;
    double gradientNorm = 0.0;
    double tokensPerSecond = 0.0;
    double accuracy = 0.0;                 ///< share of targets (of preferences: of pairs) that are right
    std::optional<double> validationLoss;  ///< where it was validated
    bool operator==(const FinetuneStep&) const = default;
};

struct FinetuneProgress {
    FinetuneStep last;
    std::int64_t steps = 0;  ///< of the stage
    std::int64_t stages = 0;
    double secondsLeft = 0.0;  ///< of the stage, at the rate so far
};

struct FinetuneReport {
    std::vector<FinetuneStep> steps;
    DataStatistics data;
    WrittenModel model;
    std::int64_t parameters = 0;           ///< trained numbers of the last stage
    std::optional<double> validationLoss;  ///< of what was written
    std::int64_t bestStep = 0;             ///< of the last stage, from which that is
    double seconds = 0.0;
    double tokensPerSecond = 0.0;  ///< of the last stage
    bool resumed = false;
    EnergyResult energy;  ///< of this call, which may have gone on from an earlier one
};

/// What the data of a request holds, as finetune() would take it. Errors: as Checkpoint::open,
/// readTrainingFile and prepareData; invalidInput where the data lacks what a stage needs.
Result<DataStatistics> surveyTrainingData(const FinetuneRequest& request);

/// Runs a recipe and writes the result. Every `saveEvery` steps, on a stop and at the end the state is saved;
/// the same request goes on from there and takes the same steps that it would have taken. What it wrote last
/// is of the best validation loss, if there are held-out examples. Errors: as Checkpoint::open,
/// readTrainingFile, prepareData and writeModel; invalidInput where the data lacks what a stage needs, or the
/// state in `out` is of another request; cancelled after a stop, with the step that is kept.
Result<FinetuneReport> finetune(const FinetuneRequest& request,
                                const std::function<void(const FinetuneProgress&)>& progress = {},
                                std::stop_token stop = {});

}  // namespace engine::train
