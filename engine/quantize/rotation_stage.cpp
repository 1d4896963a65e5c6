#include "engine/quantize/rotation_stage.h"

#include "engine/quantize/rotation_learner.h"

namespace engine {
namespace {

constexpr const char* kPart = "rotations";
constexpr const char* kStep = "step";
constexpr std::int64_t kStepsPerSave = 10;

/// R1 and every R2, by the names under which they are kept.
template <class Use>
void forRotations(Rotations& rotations, const Use& use) {
    use("residual", rotations.residual);
    for (std::size_t layer = 0; layer < rotations.values.size(); ++layer)
        use("values." + std::to_string(layer), rotations.values[layer]);
}

Result<void> save(const PartStore& parts, Rotations& rotations, std::int64_t steps) {
    std::vector<StoredTensor> tensors;
    const float done[] = {static_cast<float>(steps)};
    tensors.push_back(storeFloats(kStep, done, {1}, DType::f32));
    forRotations(rotations, [&](const std::string& name, const RowRotation& rotation) {
        tensors.push_back(
            storeFloats(name, rotation.matrix(), {rotation.size(), rotation.size()}, DType::f32));
    });
    return parts.write(kPart, tensors, {}, {});
}

/// Steps that were done before; 0 where nothing fitting is kept.
std::int64_t restore(const PartStore& parts, Rotations& rotations) {
    const auto part = parts.read(kPart);
    if (!part || part->tensors.find(kStep) == part->tensors.end())
        return 0;
    auto restored = rotations;
    bool whole = true;
    forRotations(restored, [&](const std::string& name, RowRotation& rotation) {
        const auto n = rotation.size();
        const auto at = part->tensors.find(name);
        whole = whole && at != part->tensors.end() && at->second.shape == std::vector<std::int64_t>{n, n};
        if (whole)
            rotation = RowRotation::dense(n, toFloats(at->second));
    });
    const auto step = toFloats(part->tensors.at(kStep));
    if (!whole || step.size() != 1)
        return 0;
    rotations = std::move(restored);
    return static_cast<std::int64_t>(step[0]);
}

}  // namespace

Result<void> learnRotations(const RotationTask& task, const PartStore& parts, ThreadTeam& team,
                            Rotations& rotations, const std::function<void(std::int64_t step)>& progress,
                            std::stop_token stop) {
    auto step = restore(parts, rotations);
    RotationLearner learner(task.checkpoint, task.pairs, task.calibration, task.learning, task.activationBits,
                            team, rotations);
    while (step < task.learning.steps) {
        progress(step);
        if (auto loss = learner.step(step, stop); !loss)
            return loss.error();
        ++step;
        if (step % kStepsPerSave == 0 || step == task.learning.steps)
            if (auto ok = save(parts, rotations, step); !ok)
                return ok;
    }
    return {};
}

}  // namespace engine
