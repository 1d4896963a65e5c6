#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/checkpoint/tensor.h"
#include "engine/model/linear.h"

namespace engine {

struct LayerNorm {
    std::vector<float> weight;  // [width]
    std::vector<float> bias;    // [width]
};

/// A block of the image encoder: y = x + attention(ln1(x)), y + mlp(ln2(y)), each branch times its gate.
struct EncoderBlock {
    LayerNorm ln1, ln2;
    Linear wq, wk, wv, wo;
    Linear widen, narrow;        // mlp.c_fc, mlp.c_proj, with biases
    float attentionGate = 1.0F;  // tanh of the file's; 1 in local blocks
    float ffnGate = 1.0F;
};

/// Gated cross-attention to the image, run before a decoder block.
struct CrossBlock {
    std::vector<float> attentionNorm, ffnNorm;  // [dim]
    std::vector<float> qNorm, kNorm;            // [headDim]
    Linear wq, wk, wv, wo;
    Linear w1, w2, w3;           // gate, down, up
    float attentionGate = 0.0F;  // tanh of the file's
    float ffnGate = 0.0F;
};

/// Where a tile lies in its image, which has rows * cols of them.
struct TilePlace {
    std::int64_t rows = 1;
    std::int64_t cols = 1;
    std::int64_t tile = 0;  ///< row-major
};

/// Embeddings of tiles by their place, read where they lie in the file: Meta's table of rows and columns, or
/// Hugging Face's of aspect ratios.
class TileTable {
public:
    TileTable() = default;
    /// `gate`: tanh of the file's. The shape was checked (vision_checks.h).
    TileTable(const Tensor& table, std::int64_t tokens, std::int64_t width, std::int64_t maxTiles, float gate)
        : table_(&table), tokens_(tokens), width_(width), maxTiles_(maxTiles), gate_(gate) {}

    /// The tile's embedding times the gate, [tokens, width].
    std::vector<float> at(const TilePlace& place) const;

private:
    const Tensor* table_ = nullptr;
    std::int64_t tokens_ = 0;
    std::int64_t width_ = 0;
    std::int64_t maxTiles_ = 0;
    float gate_ = 0.0F;
};

/// Everything that a vision model has beyond the text model.
struct VisionWeights {
    Linear patches;                 // [width, 3 * patch * patch]
    std::vector<float> classToken;  // [width]
    std::vector<float> position;    // [tokensPerTile, width], times 1 - tanh(gate)
    TileTable preTile, tilePosition, postTile;
    LayerNorm lnPre, lnPost;
    std::vector<EncoderBlock> local, global;
    Linear projection;                   // [dim, featureDim], with bias
    std::vector<CrossBlock> cross;       // before decoder blocks VisionConfig::crossLayers
    std::vector<float> extraEmbeddings;  // [VisionConfig::extraEmbeddings, dim], of ids behind the vocabulary

    /// Errors: as loadLinear.
    static Result<VisionWeights> load(WeightLoader& weights, const PackOptions& options);
};

}  // namespace engine
