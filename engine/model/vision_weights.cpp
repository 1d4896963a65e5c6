#include "engine/model/vision_weights.h"

#include <cmath>

#include "engine/model/vision_names.h"

namespace engine {
namespace {

/// Reads what was checked when the checkpoint was opened, so only linears can fail.
class VisionLoader {
public:
    VisionLoader(WeightLoader& weights, const PackOptions& options)
        : weights_(weights), options_(options), config_(*weights.checkpoint().config.vision) {}

    std::vector<float> floats(const std::string& name) const {
        return toFloats(*weights_.checkpoint().find(name));
    }
    float gate(const std::string& name) const { return std::tanh(floats(name).front()); }
    LayerNorm layerNorm(const std::string& prefix) const {
        return {floats(prefix + ".weight"), floats(prefix + ".bias")};
    }
    TileTable table(const std::string& name, std::int64_t tokens, const std::string& gateName) const {
        return {*weights_.checkpoint().find(name), tokens, config_.width, config_.maxTiles, gate(gateName)};
    }
    Result<void> linear(const std::string& prefix, Linear& target) {
        auto loaded = loadLinear(weights_, prefix, options_);
        if (!loaded)
            return loaded.error();
        target = std::move(*loaded);
        return {};
    }
    Result<void> linears(const std::string& prefix, const std::vector<std::string>& names,
                         std::initializer_list<Linear*> targets) {
        auto target = targets.begin();
        for (const auto& name : names)
            if (auto ok = linear(prefix + name, **target++); !ok)
                return ok;
        return {};
    }
    Result<void> encoderBlocks(std::int64_t count, bool global, std::vector<EncoderBlock>& blocks) {
        for (std::int64_t layer = 0; layer < count; ++layer) {
            const auto prefix = encoderBlockPrefix(layer, global);
            EncoderBlock block;
            block.ln1 = layerNorm(prefix + "ln_1");
            block.ln2 = layerNorm(prefix + "ln_2");
            if (global) {
                block.attentionGate = gate(prefix + "gate_attn");
                block.ffnGate = gate(prefix + "gate_ffn");
            }
            if (auto ok = linears(prefix, encoderLinears(),
                                  {&block.wq, &block.wk, &block.wv, &block.wo, &block.widen, &block.narrow});
                !ok)
                return ok;
            blocks.push_back(std::move(block));
        }
        return {};
    }
    Result<void> crossBlocks(std::vector<CrossBlock>& blocks) {
        for (std::int64_t layer = 0; layer < config_.nCrossLayers(); ++layer) {
            const auto prefix = crossBlockPrefix(layer);
            CrossBlock block;
            block.attentionNorm = floats(prefix + "attention_norm.weight");
            block.ffnNorm = floats(prefix + "ffn_norm.weight");
            block.qNorm = floats(prefix + "attention.q_norm.weight");
            block.kNorm = floats(prefix + "attention.k_norm.weight");
            block.attentionGate = gate(prefix + "gate_attn");
            block.ffnGate = gate(prefix + "gate_ffwd");
            if (auto ok =
                    linears(prefix, crossLinears(),
                            {&block.wq, &block.wk, &block.wv, &block.wo, &block.w1, &block.w2, &block.w3});
                !ok)
                return ok;
            blocks.push_back(std::move(block));
        }
        return {};
    }

private:
    WeightLoader& weights_;
    const PackOptions& options_;
    const VisionConfig& config_;
};

}  // namespace

std::vector<float> TileTable::at(const TilePlace& place) const {
    Tensor view;
    view.type = table_->type;
    view.shape = {tokens_, width_};
    std::int64_t offset = 0;
    const auto& strides = table_->strides;
    if (table_->shape.size() == 2) {  // a row per aspect ratio, (1,1) (1,2) … (2,1) …; row 0 stands for none
        std::int64_t ratio = 0;
        for (std::int64_t rows = 1; rows < place.rows; ++rows)
            ratio += maxTiles_ / rows;
        ratio += place.cols;
        view.strides = {width_ * strides[1], strides[1]};
        offset = ratio * strides[0] + place.tile * tokens_ * width_ * strides[1];
    } else {
        view.strides = {strides[2], strides[3]};
        offset = place.tile / place.cols * strides[0] + place.tile % place.cols * strides[1];
    }
    view.data = table_->data + static_cast<std::size_t>(offset) * itemSize(table_->type);
    std::vector<float> values(static_cast<std::size_t>(tokens_ * width_));
    rowsToFloats(view, 0, tokens_, values.data());
    for (auto& value : values)
        value *= gate_;
    return values;
}

Result<VisionWeights> VisionWeights::load(WeightLoader& weights, const PackOptions& options) {
    const auto& config = *weights.checkpoint().config.vision;
    VisionLoader loader(weights, options);
    VisionWeights vision;
    const auto& encoder = kVisionEncoder;
    vision.classToken = loader.floats(encoder + "class_embedding");
    vision.position = loader.floats(encoder + "positional_embedding");
    const float gate = loader.gate(encoder + "gated_positional_embedding_gate");
    for (auto& value : vision.position)
        value *= 1.0F - gate;
    vision.preTile =
        loader.table(encoder + "pre_tile_pos_embed.embedding", 1, encoder + "pre_tile_pos_embed.gate");
    vision.postTile =
        loader.table(encoder + "post_tile_pos_embed.embedding", 1, encoder + "post_tile_pos_embed.gate");
    vision.tilePosition = loader.table(encoder + "gated_positional_embedding", config.tokensPerTile(),
                                       encoder + "gated_positional_embedding_gate");
    vision.lnPre = loader.layerNorm(encoder + "ln_pre");
    vision.lnPost = loader.layerNorm(encoder + "ln_post");
    vision.extraEmbeddings = loader.floats("learnable_embedding.weight");
    if (auto ok = loader.linear(encoder + "conv1._linear", vision.patches); !ok)
        return ok.error();
    if (auto ok = loader.encoderBlocks(config.nLayers, false, vision.local); !ok)
        return ok.error();
    if (auto ok = loader.encoderBlocks(config.nGlobalLayers, true, vision.global); !ok)
        return ok.error();
    if (auto ok = loader.linear(kVisionProjection, vision.projection); !ok)
        return ok.error();
    if (auto ok = loader.crossBlocks(vision.cross); !ok)
        return ok.error();
    return vision;
}

}  // namespace engine
