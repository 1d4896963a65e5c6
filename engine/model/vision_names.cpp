#include "engine/model/vision_names.h"

namespace engine {

std::string encoderBlockPrefix(std::int64_t layer, bool global) {
    return kVisionEncoder + (global ? "global_transformer" : "transformer") + ".resblocks." +
           std::to_string(layer) + ".";
}

std::string crossBlockPrefix(std::int64_t layer) {
    return "cross_attention_layers." + std::to_string(layer) + ".";
}

const std::vector<std::string>& encoderLinears() {
    static const std::vector<std::string> kNames{"attn.wq", "attn.wk",  "attn.wv",
                                                 "attn.wo", "mlp.c_fc", "mlp.c_proj"};
    return kNames;
}

const std::vector<std::string>& crossLinears() {
    static const std::vector<std::string> kNames{"attention.wq",   "attention.wk",    "attention.wv",
                                                 "attention.wo",   "feed_forward.w1", "feed_forward.w2",
                                                 "feed_forward.w3"};
    return kNames;
}

std::vector<std::string> visionLinearNames(const VisionConfig& vision) {
    std::vector<std::string> names{kVisionEncoder + "conv1._linear", kVisionProjection};
    for (const bool global : {false, true})
        for (std::int64_t layer = 0; layer < (global ? vision.nGlobalLayers : vision.nLayers); ++layer)
            for (const auto& linear : encoderLinears())
                names.push_back(encoderBlockPrefix(layer, global) + linear);
    for (std::int64_t layer = 0; layer < vision.nCrossLayers(); ++layer)
        for (const auto& linear : crossLinears())
            names.push_back(crossBlockPrefix(layer) + linear);
    return names;
}

bool isVisionTensor(std::string_view name) {
    return name.starts_with("vision_model.") || name.starts_with("cross_attention_layers.") ||
           name == "learnable_embedding.weight";
}

bool isTileTable(std::string_view name) {
    return name.ends_with(".gated_positional_embedding") || name.ends_with("_tile_pos_embed.embedding");
}

}  // namespace engine
