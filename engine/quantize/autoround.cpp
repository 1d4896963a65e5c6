// AutoRound: learns rounding and clipping of a block's linears by signed gradient descent on the error of the
// block's outputs. Cheng et al. 2023, arXiv:2309.05516.
#include <algorithm>
#include <random>

#include "engine/quantize/block_task.h"
#include "engine/quantize/rounding_tuner.h"
#include "engine/train/block_passes.h"

namespace engine {
namespace {

constexpr std::int64_t kBatch = 8;  // texts per step
constexpr std::int64_t kLanes =
    4;  // sums of gradients, whatever the threads are, so that those change nothing
constexpr std::size_t kLinears = 7;

/// What one lane needs to go through the block.
struct Lane {
    train::BlockTrace<float> trace;
    train::BlockScratch<float> scratch;
    std::array<std::vector<float>, kLinears> gradients;
    std::vector<float> outputs;
    double loss = 0.0;
};

class BlockTuner {
public:
    BlockTuner(const BlockTask& task, const MethodOptions& options, ThreadTeam& team)
        : task_(task),
          options_(options),
          team_(team),
          shape_(train::BlockShape::of(task.config)),
          table_(makeRopeTable(task.config.rope, task.config.headDim, task.windowSize)),
          lanes_(kLanes) {
        shape_.pairs = task.pairs;
    }

    /// The grids to begin with, by the squared error that each input's size gives. Errors: the method's.
    Result<void> start() {
        for (std::size_t i = 0; i < kLinears; ++i) {
            const auto& linear = task_.block.linears[i];
            const LinearTask one{linear.name,   linear.rows,      linear.cols,
                                 linear.weight, task_.schemes[i], nullptr};
            if (one.scheme.floating())
                continue;
            const auto rounding = roundingOf(one, options_);
            const auto& gram = task_.grams.of(i);
            std::vector<float> importance(static_cast<std::size_t>(linear.cols));
            for (std::size_t c = 0; c < importance.size(); ++c)
                importance[c] = static_cast<float>(gram.values[c * importance.size() + c] + 1e-12);
            GroupCodes codes(linear.rows, linear.cols, groupSizeOf(one));
            team_.run([&](const TeamMember& member) {
                const auto [begin, end] = member.share(linear.rows);
                for (auto row = begin; row < end; ++row)
                    roundRow(std::span(linear.weight)
                                 .subspan(static_cast<std::size_t>(row * linear.cols), importance.size()),
                             importance, rounding, row, codes);
            });
            tuners_[i].emplace(linear.weight, codes, rounding);
        }
        return {};
    }

    void tune() {
        const auto texts = static_cast<std::int64_t>(task_.inputs.size()) / (task_.windowSize * shape_.dim);
        std::mt19937_64 bits(options_.seed);
        std::vector<std::int64_t> batch(static_cast<std::size_t>(std::min(kBatch, texts)));
        const double before = lossOfAll(texts);
        const auto first = tuners_;
        for (std::int64_t step = 0; step < options_.steps; ++step) {
            for (auto& text : batch)
                text = static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(texts));
            pass(batch, true);
            const double left = 1.0 - static_cast<double>(step) / static_cast<double>(options_.steps);
            descend(static_cast<float>(left / static_cast<double>(options_.steps)));
        }
        if (!(lossOfAll(texts) < before))
            tuners_ = first;
    }

    BlockCodes codes() const {
        BlockCodes found;
        for (std::size_t i = 0; i < kLinears; ++i)
            if (tuners_[i])
                found[i] = tuners_[i]->codes();
        return found;
    }

private:
    train::BlockWeights<float> weights() const {
        train::BlockWeights<float> made;
        for (std::size_t i = 0; i < kLinears; ++i) {
            const auto& linear = task_.block.linears[i];
            auto& to = made.linears[i];
            to.weight.data = tuners_[i] ? tuners_[i]->effective().data() : linear.weight.data();
            to.weight.rows = linear.rows;
            to.weight.cols = linear.cols;
            to.bias = linear.bias.empty() ? nullptr : linear.bias.data();
        }
        made.attentionNorm = task_.block.attentionNorm.data();
        made.ffnNorm = task_.block.ffnNorm.data();
        return made;
    }

    double lossOfAll(std::int64_t texts) {
        std::vector<std::int64_t> all(static_cast<std::size_t>(texts));
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = static_cast<std::int64_t>(i);
        return pass(all, false);
    }

    /// Sum of squared errors of the outputs; with `learn` the lanes hold its gradients.
    double pass(std::span<const std::int64_t> texts, bool learn) {
        const auto now = weights();
        team_.run([&](const TeamMember& member) {
            const auto [begin, end] = member.share(kLanes);
            for (auto lane = begin; lane < end; ++lane)
                runLane(now, texts, lane, learn);
        });
        double sum = 0.0;
        for (const auto& lane : lanes_)
            sum += lane.loss;
        return sum;
    }

    void runLane(const train::BlockWeights<float>& now, std::span<const std::int64_t> texts,
                 std::int64_t index, bool learn) {
        auto& lane = lanes_[static_cast<std::size_t>(index)];
        lane.loss = 0.0;
        train::BlockGradients<float> gradients;
        if (learn)
            for (std::size_t i = 0; i < kLinears; ++i)
                if (tuners_[i]) {
                    lane.gradients[i].assign(task_.block.linears[i].weight.size(), 0.0F);
                    gradients.linears[i].weight = lane.gradients[i].data();
                }
        const auto size = static_cast<std::size_t>(task_.windowSize * shape_.dim);
        lane.outputs.resize(size);
        const train::Segment segment{0, task_.windowSize};
        for (auto t = static_cast<std::size_t>(index); t < texts.size();
             t += static_cast<std::size_t>(kLanes)) {
            const auto offset = static_cast<std::size_t>(texts[t]) * size;
            train::blockForward(shape_, now, table_, std::span(&segment, 1), task_.windowSize,
                                task_.inputs.data() + offset, lane.outputs.data(), lane.trace, lane.scratch);
            for (std::size_t i = 0; i < size; ++i) {
                lane.outputs[i] -= task_.targets[offset + i];
                lane.loss += double{lane.outputs[i]} * double{lane.outputs[i]};
            }
            if (learn)  // the factor 2 changes no sign
                train::blockBackward(shape_, now, table_, std::span(&segment, 1), task_.windowSize,
                                     lane.trace, lane.outputs.data(), lane.outputs.data(), gradients,
                                     lane.scratch);
        }
    }

    void descend(float rate) {
        team_.run([&](const TeamMember& member) {
            const auto [begin, end] = member.share(static_cast<std::int64_t>(kLinears));
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
                if (!tuners_[i])
                    continue;
                auto& sum = lanes_.front().gradients[i];
                for (std::size_t lane = 1; lane < lanes_.size(); ++lane)
                    for (std::size_t j = 0; j < sum.size(); ++j)
                        sum[j] += lanes_[lane].gradients[i][j];
                tuners_[i]->step(sum, rate);
            }
        });
    }

    const BlockTask& task_;
    const MethodOptions& options_;
    ThreadTeam& team_;
    train::BlockShape shape_;
    RopeTable table_;
    std::vector<Lane> lanes_;
    std::array<std::optional<RoundingTuner>, kLinears> tuners_;
};

}  // namespace

Result<BlockCodes> tuneAutoRound(const BlockTask& task, const MethodOptions& options, ThreadTeam& team) {
    BlockTuner tuner(task, options, team);
    if (auto ok = tuner.start(); !ok)
        return ok.error();
    tuner.tune();
    return tuner.codes();
}

}  // namespace engine
