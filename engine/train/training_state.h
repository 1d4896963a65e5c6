#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/train/adamw.h"
#include "engine/train/trainable_model.h"

namespace engine::train {

/// Where training stands, beside the numbers of the model and the optimizer.
struct TrainingPosition {
    std::string key;         ///< what is trained on what, how: a state of another key is not taken up
    std::int64_t stage = 0;  ///< stages before it are done
    std::int64_t step = 0;   ///< steps of this stage that are done
    std::int64_t epoch = 0;
    std::int64_t row = 0;  ///< rows of this epoch that are used up
    double seconds = 0.0;
    double bestLoss = 0.0;  ///< on the held-out examples, this stage
    std::int64_t bestStep = -1;
    std::string history;  ///< JSON array of the steps that were reported
};

/// Writes position, masters and moments (none of an optimizer that has not begun) to `file`: under another
/// name first, on disk, then renamed, so that a kill at any moment leaves the old or the new state. Errors:
/// io.
Result<void> saveTrainingState(const std::filesystem::path& file, const TrainingPosition& position,
                               const TrainableModel& model, const AdamWState& optimizer);

/// The position alone, to know which stage's model to make. Errors: notFound; corrupt.
Result<TrainingPosition> readTrainingPosition(const std::filesystem::path& file);

/// Fills masters and moments, where there are some; the model must be that of the position's stage. Errors:
/// notFound; corrupt, also for a state of other sizes.
Result<TrainingPosition> loadTrainingState(const std::filesystem::path& file, TrainableModel& model,
                                           AdamWState& optimizer);

}  // namespace engine::train
