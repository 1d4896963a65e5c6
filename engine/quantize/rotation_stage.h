#pragma once

#include <functional>
#include <stop_token>

#include "engine/quantize/block_source.h"
#include "engine/quantize/calibration.h"
#include "engine/quantize/part_store.h"
#include "engine/quantize/rotation_learning.h"

namespace engine {

/// What rotations are learned on.
struct RotationTask {
    const Checkpoint& checkpoint;
    RopePairs pairs;
    const Calibration& calibration;
    RotationLearning learning;
    int activationBits = 8;
};

/// Learns from where `rotations` are, or goes on from where the store's part "rotations" stands, which is
/// written every tenth step and at the end. `progress`: the step that begins. Errors: as RotationLearner and
/// PartStore.
Result<void> learnRotations(const RotationTask& task, const PartStore& parts, ThreadTeam& team,
                            Rotations& rotations, const std::function<void(std::int64_t step)>& progress,
                            std::stop_token stop);

}  // namespace engine
