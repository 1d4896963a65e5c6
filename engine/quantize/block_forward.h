#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "engine/model/rope_table.h"
#include "engine/quantize/block_source.h"
#include "engine/quantize/quantizer.h"
#include "engine/runtime/kernel_plan.h"

namespace engine {

/// Second moments of the inputs of a block's linears; those that share an input share one.
struct BlockGrams {
    std::array<Gram, 4> grams;                 ///< of the attention's input, wo's, the feed-forward's, w2's
    const Gram& of(std::size_t linear) const;  ///< by index into BlockWeights::linears
};

/// One decoder block in f32 over whole windows of tokens, for calibration.
class BlockForward {
public:
    /// Packs the block's weights; `block` may go afterwards but for its norms and biases. `windowSize`:
    /// tokens.
    BlockForward(const BlockWeights& block, const ModelConfig& config, RopePairs pairs, bool hadamardFfn,
                 std::int64_t windowSize, const KernelPlan& plan, ThreadTeam& team);

    /// x [windowSize, dim] becomes the block's output; its inputs are added to `grams`, where given.
    void run(float* x, BlockGrams* grams);

private:
    struct Packed {
        AlignedBuffer tiles;
        std::int64_t rows = 0;
        std::int64_t cols = 0;
    };
    Packed pack(const float* weight, std::int64_t rows, std::int64_t cols);
    void linear(std::size_t index, const float* x, std::vector<float>& y);
    void attend();
    void addGram(const std::vector<float>& x, std::int64_t cols, Gram& gram);
    void norm(const float* x, const std::vector<float>& gain);

    const BlockWeights& block_;
    const ModelConfig& config_;
    RopePairs pairs_;
    bool hadamard_;
    std::int64_t tokens_;
    const KernelPlan& plan_;
    ThreadTeam& team_;
    RopeTable rope_;
    std::array<Packed, 7> packed_;
    std::size_t scratchBytes_ = 0;
    AlignedBuffer scratch_;  // [members, scratchBytes_]
    std::vector<float> n_, q_, k_, v_, context_, y_, gate_, up_;
};

}  // namespace engine
