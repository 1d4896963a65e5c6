#include "engine/checkpoint/vision_checks.h"

#include "engine/checkpoint/tensor_checker.h"
#include "engine/model/vision_names.h"

namespace engine {
namespace {

Error impossible(const std::string& what) {
    return {ErrorCode::corrupt, "the configuration of the image encoder gives " + what};
}

std::int64_t countBlocks(const Checkpoint& checkpoint, bool global) {
    std::int64_t count = 0;
    while (checkpoint.find(encoderBlockPrefix(count, global) + "ln_1.weight") != nullptr)
        ++count;
    return count;
}

/// What the files do not say but the tensors' shapes do.
Result<void> completeFromShapes(const Checkpoint& checkpoint, VisionConfig& vision) {
    const auto* classToken = checkpoint.find(kVisionEncoder + "class_embedding");
    if (classToken == nullptr || classToken->shape.size() != 1)
        return Error{ErrorCode::notFound, "tensor " + kVisionEncoder + "class_embedding is missing (" +
                                              checkpoint.path.string() + "); the checkpoint is incomplete"};
    if (vision.width == 0)
        vision.width = classToken->shape[0];
    if (vision.nLayers == 0)
        vision.nLayers = countBlocks(checkpoint, false);
    if (vision.nGlobalLayers == 0)
        vision.nGlobalLayers = countBlocks(checkpoint, true);
    const auto* widen = checkpoint.find(encoderBlockPrefix(0, false) + "mlp.c_fc.weight");
    if (vision.hiddenDim == 0 && widen != nullptr && widen->shape.size() == 2)
        vision.hiddenDim = widen->shape[0];
    if (const auto* extra = checkpoint.find("learnable_embedding.weight");
        extra != nullptr && extra->shape.size() == 2)
        vision.extraEmbeddings = extra->shape[0];
    return {};
}

Result<void> checkNumbers(const VisionConfig& v, std::int64_t nLayers) {
    const std::tuple<const char*, std::int64_t, std::int64_t> numbers[] = {
        {"a tile edge of ", v.tileSize, 8192},      {"a number of tiles of ", v.maxTiles, 64},
        {"a patch edge of ", v.patchSize, 1024},    {"a width of ", v.width, 1 << 16},
        {"a number of heads of ", v.nHeads, 1024},  {"a feed-forward width of ", v.hiddenDim, 1 << 20},
        {"a number of layers of ", v.nLayers, 512}, {"a number of extra ids of ", v.extraEmbeddings, 1024}};
    for (const auto& [what, value, most] : numbers)
        if (value < 1 || value > most)
            return impossible(what + std::to_string(value) + "; 1 to " + std::to_string(most) +
                              " is possible");
    if (v.nGlobalLayers < 0 || v.nGlobalLayers > 512)
        return impossible("a number of global layers of " + std::to_string(v.nGlobalLayers));
    if (v.tileSize % v.patchSize != 0)
        return impossible("tiles of " + std::to_string(v.tileSize) + " pixels, which patches of " +
                          std::to_string(v.patchSize) + " do not fill");
    if (v.width % v.nHeads != 0)
        return impossible(std::to_string(v.nHeads) + " heads, which do not divide its width of " +
                          std::to_string(v.width));
    for (const auto layer : v.intermediateLayers)
        if (layer < 0 || layer >= v.nLayers)
            return impossible("layer " + std::to_string(layer) + " as a feature, which there is not");
    if (v.crossLayers.empty())
        return Error{ErrorCode::corrupt, "a vision model without cross-attention layers cannot see"};
    for (std::size_t i = 0; i < v.crossLayers.size(); ++i)
        if (v.crossLayers[i] < 0 || v.crossLayers[i] >= nLayers ||
            (i > 0 && v.crossLayers[i] <= v.crossLayers[i - 1]))
            return Error{ErrorCode::corrupt,
                         "the positions of the cross-attention layers do not fit the model's " +
                             std::to_string(nLayers) + " layers"};
    return {};
}

/// A table of the tiles' embeddings: Meta's [k, k, tokens, width] or Hugging Face's, a row of `maxTiles`
/// tiles per aspect ratio and one for none.
Result<void> checkTileTable(TensorChecker& check, const Checkpoint& checkpoint, const std::string& name,
                            std::int64_t tokens) {
    const auto& v = *checkpoint.config.vision;
    const auto* table = checkpoint.find(name);
    if (table != nullptr && table->shape.size() == 2) {
        std::int64_t ratios = 0;
        for (std::int64_t rows = 1; rows <= v.maxTiles; ++rows)
            ratios += v.maxTiles / rows;
        return check.expect(name, {ratios + 1, v.maxTiles * tokens * v.width});
    }
    const auto grid =
        table != nullptr && !table->shape.empty() ? std::max(table->shape[0], v.maxTiles) : v.maxTiles;
    return check.expect(name, {grid, grid, tokens, v.width});
}

Result<void> checkEncoderBlock(TensorChecker& check, const VisionConfig& v, std::int64_t layer, bool global) {
    const auto prefix = encoderBlockPrefix(layer, global);
    for (const char* norm : {"ln_1", "ln_2"})
        for (const char* part : {".weight", ".bias"})
            if (auto ok = check.expect(prefix + norm + part, {v.width}); !ok)
                return ok;
    for (const auto& linear : encoderLinears()) {
        const auto out = linear == "mlp.c_fc" ? v.hiddenDim : v.width;
        const auto in = linear == "mlp.c_proj" ? v.hiddenDim : v.width;
        if (auto ok = check.floatLinear(prefix + linear, out, in); !ok)
            return ok;
    }
    if (global)
        for (const char* gate : {"gate_attn", "gate_ffn"})
            if (auto ok = check.expect(prefix + gate, {1}); !ok)
                return ok;
    return {};
}

Result<void> checkEncoder(TensorChecker& check, const Checkpoint& checkpoint) {
    const auto& c = checkpoint.config;
    const auto& v = *c.vision;
    const std::pair<std::string, std::vector<std::int64_t>> plain[] = {
        {"class_embedding", {v.width}},
        {"positional_embedding", {v.tokensPerTile(), v.width}},
        {"gated_positional_embedding_gate", {1}},
        {"pre_tile_pos_embed.gate", {1}},
        {"post_tile_pos_embed.gate", {1}},
        {"ln_pre.weight", {v.width}},
        {"ln_pre.bias", {v.width}},
        {"ln_post.weight", {v.width}},
        {"ln_post.bias", {v.width}}};
    for (const auto& [name, shape] : plain)
        if (auto ok = check.expect(kVisionEncoder + name, shape); !ok)
            return ok;
    for (const auto& [name, tokens] : {std::pair{"pre_tile_pos_embed.embedding", std::int64_t{1}},
                                       {"post_tile_pos_embed.embedding", std::int64_t{1}},
                                       {"gated_positional_embedding", v.tokensPerTile()}})
        if (auto ok = checkTileTable(check, checkpoint, kVisionEncoder + name, tokens); !ok)
            return ok;
    if (auto ok = check.floatLinear(kVisionEncoder + "conv1._linear", v.width, 3 * v.patchSize * v.patchSize);
        !ok)
        return ok;
    for (const bool global : {false, true})
        for (std::int64_t layer = 0; layer < (global ? v.nGlobalLayers : v.nLayers); ++layer)
            if (auto ok = checkEncoderBlock(check, v, layer, global); !ok)
                return ok;
    return check.floatLinear(kVisionProjection, c.dim, v.featureDim());
}

Result<void> checkCrossBlock(TensorChecker& check, const ModelConfig& c, std::int64_t layer) {
    const auto prefix = crossBlockPrefix(layer);
    const auto qDim = c.nHeads * c.headDim;
    const auto kvDim = c.nKvHeads * c.headDim;
    const std::pair<std::int64_t, std::int64_t> shapes[] = {
        {qDim, c.dim},        {kvDim, c.dim},       {kvDim, c.dim},      {c.dim, qDim},
        {c.hiddenDim, c.dim}, {c.dim, c.hiddenDim}, {c.hiddenDim, c.dim}};
    for (std::size_t i = 0; i < crossLinears().size(); ++i)
        if (auto ok = check.floatLinear(prefix + crossLinears()[i], shapes[i].first, shapes[i].second); !ok)
            return ok;
    const std::pair<const char*, std::int64_t> vectors[] = {{"attention.q_norm.weight", c.headDim},
                                                            {"attention.k_norm.weight", c.headDim},
                                                            {"attention_norm.weight", c.dim},
                                                            {"ffn_norm.weight", c.dim},
                                                            {"gate_attn", 1},
                                                            {"gate_ffwd", 1}};
    for (const auto& [name, size] : vectors)
        if (auto ok = check.expect(prefix + name, {size}); !ok)
            return ok;
    return {};
}

}  // namespace

Result<void> checkVision(Checkpoint& checkpoint) {
    auto& c = checkpoint.config;
    if (!c.vision)
        return {};
    if (auto ok = completeFromShapes(checkpoint, *c.vision); !ok)
        return ok;
    if (auto ok = checkNumbers(*c.vision, c.nLayers); !ok)
        return ok;
    TensorChecker check(checkpoint);
    if (auto ok = check.expect("learnable_embedding.weight", {c.vision->extraEmbeddings, c.dim}); !ok)
        return ok;
    for (std::int64_t layer = 0; layer < c.vision->nCrossLayers(); ++layer)
        if (auto ok = checkCrossBlock(check, c, layer); !ok)
            return ok;
    return checkEncoder(check, checkpoint);
}

}  // namespace engine
