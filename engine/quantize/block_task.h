#pragma once

#include <array>
#include <span>

#include "engine/model/model_config.h"
#include "engine/quantize/block_forward.h"
#include "engine/quantize/quantizer.h"

namespace engine {

/// One decoder block for methods that tune its linears together.
struct BlockTask {
    const BlockWeights& block;
    std::array<WeightScheme, 7> schemes;  ///< of its linears; floating ones stay as they are
    const BlockGrams& grams;              ///< of the original block's inputs
    const ModelConfig& config;
    RopePairs pairs = RopePairs::adjacent;
    std::int64_t windowSize = 0;     ///< tokens of one text
    std::span<const float> inputs;   ///< [tokens, dim] behind the blocks that are quantized already
    std::span<const float> targets;  ///< [tokens, dim] the original block's outputs in the original model
};

}  // namespace engine
