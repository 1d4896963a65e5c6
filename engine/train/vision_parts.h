#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/model_config.h"
#include "engine/model/vision_names.h"
#include "engine/train/block_passes.h"

namespace engine::train {

/// The linears of an encoder block, in the order of encoderLinears().
enum EncoderLinear : std::size_t { kEncoderWq, kEncoderWk, kEncoderWv, kEncoderWo, kWiden, kNarrow };
inline constexpr std::size_t kEncoderLinears = 6;

/// A block of the image encoder; `Linear` and `Vector` are weights to read or gradients to write.
template <class Linear, class Vector>
struct EncoderBlockParts {
    std::array<Linear, kEncoderLinears> linears{};
    Vector ln1Weight{}, ln1Bias{}, ln2Weight{}, ln2Bias{};  // [width]
    Vector attentionGate{}, ffnGate{};                      // [1] before tanh; nullptr in local blocks
};

/// Gated cross-attention before a decoder block; its linears are those of a decoder block, in their order.
template <class Linear, class Vector>
struct CrossBlockParts {
    std::array<Linear, kBlockLinears> linears{};
    Vector attentionNorm{}, ffnNorm{};  // [dim]
    Vector qNorm{}, kNorm{};            // [headDim]
    Vector attentionGate{}, ffnGate{};  // [1] before tanh
};

/// What a vision model has beyond its text model (engine/model/vision_weights.h has it packed for running).
template <class Linear, class Vector>
struct VisionParts {
    Linear patches{};                   // [width, 3 * patch * patch]
    Vector classToken{};                // [width]
    Vector position{};                  // [tokensPerTile, width], times 1 - tanh(positionGate)
    Vector positionGate{};              // [1]
    Vector tilePosition{};              // [grid, grid, tokensPerTile, width], times tanh(positionGate)
    Vector preTile{}, preTileGate{};    // [grid, grid, 1, width], [1]
    Vector postTile{}, postTileGate{};  // the same
    Vector lnPreWeight{}, lnPreBias{}, lnPostWeight{}, lnPostBias{};  // [width]
    std::vector<EncoderBlockParts<Linear, Vector>> local, global;
    Linear projection{};       // [dim, featureDim] with bias
    Vector extraEmbeddings{};  // [VisionConfig::extraEmbeddings, dim], of ids behind the vocabulary
    std::vector<CrossBlockParts<Linear, Vector>> cross;
    std::int64_t grid = 1;  ///< edge of the tables of tiles
};

template <class Real>
using VisionWeights = VisionParts<LinearWeights<Real>, const Real*>;
template <class Real>
using VisionGradients = VisionParts<LinearGradients<Real>, Real*>;

/// Calls use.vector(name, shape, part) and use.linear(prefix, rows, cols, hasBias, part) for everything in
/// `parts`, whose lists of blocks it sizes, under Meta's names. `grid` is the edge of the tables of tiles.
template <class Parts, class Use>
void forVisionParts(const ModelConfig& config, std::int64_t grid, Parts& parts, Use&& use) {
    using Shape = std::vector<std::int64_t>;
    const auto& v = *config.vision;
    const auto& encoder = kVisionEncoder;
    parts.grid = grid;
    parts.local.resize(static_cast<std::size_t>(v.nLayers));
    parts.global.resize(static_cast<std::size_t>(v.nGlobalLayers));
    parts.cross.resize(v.crossLayers.size());
    use.linear(encoder + "conv1._linear", v.width, 3 * v.patchSize * v.patchSize, false, parts.patches);
    use.vector(encoder + "class_embedding", Shape{v.width}, parts.classToken);
    use.vector(encoder + "positional_embedding", Shape{v.tokensPerTile(), v.width}, parts.position);
    use.vector(encoder + "gated_positional_embedding_gate", Shape{1}, parts.positionGate);
    use.vector(encoder + "gated_positional_embedding", Shape{grid, grid, v.tokensPerTile(), v.width},
               parts.tilePosition);
    use.vector(encoder + "pre_tile_pos_embed.embedding", Shape{grid, grid, 1, v.width}, parts.preTile);
    use.vector(encoder + "pre_tile_pos_embed.gate", Shape{1}, parts.preTileGate);
    use.vector(encoder + "post_tile_pos_embed.embedding", Shape{grid, grid, 1, v.width}, parts.postTile);
    use.vector(encoder + "post_tile_pos_embed.gate", Shape{1}, parts.postTileGate);
    use.vector(encoder + "ln_pre.weight", Shape{v.width}, parts.lnPreWeight);
    use.vector(encoder + "ln_pre.bias", Shape{v.width}, parts.lnPreBias);
    use.vector(encoder + "ln_post.weight", Shape{v.width}, parts.lnPostWeight);
    use.vector(encoder + "ln_post.bias", Shape{v.width}, parts.lnPostBias);
    for (const bool global : {false, true}) {
        auto& blocks = global ? parts.global : parts.local;
        for (std::size_t layer = 0; layer < blocks.size(); ++layer) {
            const auto prefix = encoderBlockPrefix(static_cast<std::int64_t>(layer), global);
            auto& block = blocks[layer];
            use.vector(prefix + "ln_1.weight", Shape{v.width}, block.ln1Weight);
            use.vector(prefix + "ln_1.bias", Shape{v.width}, block.ln1Bias);
            use.vector(prefix + "ln_2.weight", Shape{v.width}, block.ln2Weight);
            use.vector(prefix + "ln_2.bias", Shape{v.width}, block.ln2Bias);
            for (std::size_t i = 0; i < kEncoderLinears; ++i)
                use.linear(prefix + encoderLinears()[i], i == kWiden ? v.hiddenDim : v.width,
                           i == kNarrow ? v.hiddenDim : v.width, i >= kWiden, block.linears[i]);
            if (global) {
                use.vector(prefix + "gate_attn", Shape{1}, block.attentionGate);
                use.vector(prefix + "gate_ffn", Shape{1}, block.ffnGate);
            }
        }
    }
    use.linear(kVisionProjection, config.dim, v.featureDim(), true, parts.projection);
    use.vector("learnable_embedding.weight", Shape{v.extraEmbeddings, config.dim}, parts.extraEmbeddings);
    const auto shape = BlockShape::of(config);
    for (std::size_t layer = 0; layer < parts.cross.size(); ++layer) {
        const auto prefix = crossBlockPrefix(static_cast<std::int64_t>(layer));
        auto& block = parts.cross[layer];
        for (std::size_t i = 0; i < kBlockLinears; ++i) {
            const auto [rows, cols] = linearShape(shape, static_cast<BlockLinear>(i));
            use.linear(prefix + std::string(name(static_cast<BlockLinear>(i))), rows, cols, false,
                       block.linears[i]);
        }
        use.vector(prefix + "attention_norm.weight", Shape{config.dim}, block.attentionNorm);
        use.vector(prefix + "ffn_norm.weight", Shape{config.dim}, block.ffnNorm);
        use.vector(prefix + "attention.q_norm.weight", Shape{config.headDim}, block.qNorm);
        use.vector(prefix + "attention.k_norm.weight", Shape{config.headDim}, block.kNorm);
        use.vector(prefix + "gate_attn", Shape{1}, block.attentionGate);
        use.vector(prefix + "gate_ffwd", Shape{1}, block.ffnGate);
    }
}

}  // namespace engine::train
