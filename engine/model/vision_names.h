#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/vision_config.h"

namespace engine {

inline const std::string kVisionEncoder = "vision_model.vision_encoder.";
inline const std::string kVisionProjection = "vision_model.vision_projection";

/// "vision_model.vision_encoder.transformer.resblocks.N."
std::string encoderBlockPrefix(std::int64_t layer, bool global);
/// "cross_attention_layers.N."
std::string crossBlockPrefix(std::int64_t layer);
/// Linears within an encoder block: attn.wq, wk, wv, wo, mlp.c_fc, mlp.c_proj.
const std::vector<std::string>& encoderLinears();
/// Linears within a cross-attention block: attention.wq, wk, wv, wo, feed_forward.w1, w2, w3.
const std::vector<std::string>& crossLinears();
/// Names of every linear of the image encoder, the projection and the cross-attention blocks, without
/// ".weight".
std::vector<std::string> visionLinearNames(const VisionConfig& vision);

/// Of the image encoder, the projection, the cross-attention blocks or the ids behind the vocabulary.
bool isVisionTensor(std::string_view name);
/// Embeddings of tiles, which are read where they lie in the file.
bool isTileTable(std::string_view name);

}  // namespace engine
