#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/quantize/block_forward.h"
#include "engine/quantize/calibration.h"

namespace engine {

/// Measures what changed weights do to a model's predictions: mean KL (nats per token) from the original's on
/// windows of text, everything in f32. Blocks are read one after the other; memory: the head in f32, one
/// block, and the hidden states of the text for every change that is measured at once. One thread at a time.
class DivergenceProbe {
public:
    /// `checkpoint` outlives the probe. `text`: UTF-8. Errors: as Tokenizer::load(), readCalibration().
    static Result<std::unique_ptr<DivergenceProbe>> create(const Checkpoint& checkpoint,
                                                           const std::filesystem::path& text,
                                                           std::int64_t windows, std::int64_t windowSize,
                                                           int threads);

    /// What becomes of block `layer`: as many versions as shall be measured. `grams`: of its inputs in the
    /// original model.
    using Change = std::function<Result<std::vector<BlockWeights>>(
        std::int64_t layer, const BlockWeights& block, const BlockGrams& grams)>;
    /// One result per version of every block, each with all other blocks as they were. `measured` is told the
    /// layer when its results are there. Errors: the change's; cancelled.
    Result<std::vector<std::vector<double>>> eachAlone(
        const Change& change, const std::function<void(std::int64_t layer)>& measured, std::stop_token stop);
    /// All blocks changed together, by the only version that `change` gives of each.
    Result<double> together(const Change& change, std::stop_token stop);

    ThreadTeam& team() { return *team_; }
    std::int64_t tokens() const { return static_cast<std::int64_t>(calibration_.tokens.size()); }

private:
    explicit DivergenceProbe(const Checkpoint& checkpoint)
        : checkpoint_(checkpoint), blocks_(checkpoint, checkpoint.config.rope.pairs, nullptr) {}
    Result<void> prepare();
    Result<std::vector<float>> embedded() const;
    void advance(const BlockWeights& block, std::span<std::vector<float>> lanes, BlockGrams* grams);
    Result<std::vector<double>> against(std::span<const std::vector<float>> hidden);
    std::vector<float> logits(const float* hidden, std::int64_t count);

    const Checkpoint& checkpoint_;
    BlockSource blocks_;
    std::unique_ptr<ThreadTeam> team_;
    KernelPlan kernels_;
    Calibration calibration_;
    std::vector<float> head_;       // [vocabSize, dim]
    std::vector<float> finalNorm_;  // [dim]
    std::vector<float> original_;   // [tokens, dim] hidden states behind the last block
};

}  // namespace engine
