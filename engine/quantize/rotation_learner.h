#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/model/rope_table.h"
#include "engine/quantize/block_source.h"
#include "engine/quantize/calibration.h"
#include "engine/quantize/cayley_sgd.h"
#include "engine/quantize/rotation_learning.h"

namespace engine {

/// Learns R1 and R2 as SpinQuant does (arXiv:2405.16406): the loss of the network whose
/// weights stay in floating point and the inputs of whose linears are fake-quantized (straight through);
/// head and embedding are not. Block by block: memory is one rotated block, per window of a step the hidden
/// states before every block, and per thread the activations of one block. The number of threads changes
/// nothing.
///
/// Gradients to rotations need none to weights. Where a linear reads rotated rows X R, dL/dR = R (dX'^T X'),
/// with X' what it reads and dX' the gradient to it; where rows are written rotated, R (Y'^T dY'); both add
/// up over the places that a rotation touches.
class RotationLearner {
public:
    /// `activationBits` 0: inputs stay as they are. All outlive the learner; `rotations`, which it turns into
    /// matrices and changes, too.
    RotationLearner(const Checkpoint& checkpoint, RopePairs pairs, const Calibration& calibration,
                    const RotationLearning& learning, int activationBits, ThreadTeam& team,
                    Rotations& rotations);
    ~RotationLearner();

    /// One of the steps; returns the loss before it, nats per token. Errors: as Checkpoint::require(),
    /// cancelled.
    Result<double> step(std::int64_t index, std::stop_token stop);

    /// dL/dR of R1 and of every layer's R2 on these windows, as step() follows.
    struct Gradients {
        double loss = 0.0;
        std::vector<float> residual;             // [dim, dim]
        std::vector<std::vector<float>> values;  // [layers] of [headDim, headDim]
    };
    Result<Gradients> gradients(std::span<const std::int64_t> windows, std::stop_token stop);

private:
    struct Lane;
    struct Worker;
    /// The states before the first block, `turned` by R1 or as the source has them.
    Result<void> embed(std::int64_t window, bool turned, Lane& lane) const;
    Result<void> forwardBlocks(const BlockSource& blocks, std::stop_token stop);
    /// What the head reads of a lane's last states, in its own basis; [windowSize, dim].
    void headRows(Lane& lane, Worker& worker, const std::vector<float>& gain) const;
    /// Keeps what the head of the source reads on windows that were not seen before.
    Result<void> learnSource(std::span<const std::int64_t> windows, std::stop_token stop);
    Result<double> headLoss(std::span<const std::int64_t> windows);
    Result<void> backwardBlocks(std::stop_token stop);
    /// use(lane, worker) of every lane, each by one member of the team.
    void forLanes(const std::function<void(Lane&, Worker&)>& use);
    /// One block over all lanes, of the turned network (`blocks_`) or of the source (`plain_`): the states
    /// behind it, or back through it, what its places say of the rotations.
    Result<void> runBlock(const BlockSource& blocks, std::int64_t layer, bool back);

    const Checkpoint& checkpoint_;
    const Calibration& calibration_;
    RotationLearning learning_;
    int activationBits_;
    ThreadTeam& team_;
    Rotations& rotations_;
    std::optional<RowRotation> down_;  // R4
    BlockSource blocks_;
    BlockSource plain_;
    RopeTable rope_;
    std::vector<std::vector<float>> source_;  // [windows] of [windowSize, dim], empty where not seen
    std::vector<float> r1_;                   // [dim, dim] as the lanes see it
    std::vector<Lane> lanes_;                 // one per window of the step
    std::vector<Worker> workers_;             // one per member of the team
    CayleySgd residualDescent_;
    std::vector<CayleySgd> valuesDescent_;
};

}  // namespace engine
