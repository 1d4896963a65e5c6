#include "engine/model/vision_json.h"

#include <nlohmann/json.hpp>

namespace engine {

nlohmann::json toJson(const VisionConfig& v) {
    return {{"tile_size", v.tileSize},
            {"max_tiles", v.maxTiles},
            {"patch_size", v.patchSize},
            {"tokens_per_tile", v.tokensPerTile()},
            {"width", v.width},
            {"heads", v.nHeads},
            {"ffn_dim", v.hiddenDim},
            {"layers", v.nLayers},
            {"global_layers", v.nGlobalLayers},
            {"intermediate_layers", v.intermediateLayers},
            {"cross_attention_layers", v.crossLayers},
            {"extra_embeddings", v.extraEmbeddings}};
}

VisionConfig visionFromJson(const nlohmann::json& json) {
    VisionConfig v;
    json.at("tile_size").get_to(v.tileSize);
    json.at("max_tiles").get_to(v.maxTiles);
    json.at("patch_size").get_to(v.patchSize);
    json.at("width").get_to(v.width);
    json.at("heads").get_to(v.nHeads);
    json.at("ffn_dim").get_to(v.hiddenDim);
    json.at("layers").get_to(v.nLayers);
    json.at("global_layers").get_to(v.nGlobalLayers);
    json.at("intermediate_layers").get_to(v.intermediateLayers);
    json.at("cross_attention_layers").get_to(v.crossLayers);
    json.at("extra_embeddings").get_to(v.extraEmbeddings);
    return v;
}

}  // namespace engine
