#include "engine/checkpoint/huggingface_names.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <span>

#include "engine/model/vision_names.h"

namespace engine {
namespace {

using Names = std::map<std::string_view, std::string_view>;

/// A name like "layers.7.mlp.up_proj.weight", taken apart.
struct LayerTensor {
    std::int64_t layer = 0;
    std::string_view part;  // "mlp.up_proj"
    std::string_view
        kind;  // ".weight", ".bias", ".scales", or empty for names like layers.7.cross_attn_mlp_gate
};

std::optional<LayerTensor> layerTensor(std::string_view name) {
    if (!name.starts_with("layers."))
        return std::nullopt;
    LayerTensor result;
    const auto dot = name.find('.', 7);
    if (dot == std::string_view::npos)
        return std::nullopt;
    const auto number = name.substr(7, dot - 7);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), result.layer);
    if (error != std::errc{} || end != number.data() + number.size() || number.empty())
        return std::nullopt;
    result.part = name.substr(dot + 1);
    if (const auto last = result.part.rfind('.'); last != std::string_view::npos) {
        result.kind = result.part.substr(last);
        result.part = result.part.substr(0, last);
    }
    return result;
}

std::string named(const Names& names, std::string_view part, std::string_view kind) {
    const auto at = names.find(part);
    return at == names.end() ? std::string{} : std::string(at->second) + std::string(kind);
}

/// The layers of a decoder, some of which may be cross-attention.
std::string decoderName(const LayerTensor& tensor, std::span<const std::int64_t> cross) {
    static const Names kSelf = {
        {"self_attn.q_proj", "attention.wq"},    {"self_attn.k_proj", "attention.wk"},
        {"self_attn.v_proj", "attention.wv"},    {"self_attn.o_proj", "attention.wo"},
        {"mlp.gate_proj", "feed_forward.w1"},    {"mlp.down_proj", "feed_forward.w2"},
        {"mlp.up_proj", "feed_forward.w3"},      {"input_layernorm", "attention_norm"},
        {"post_attention_layernorm", "ffn_norm"}};
    static const Names kCross = {
        {"cross_attn.q_proj", "attention.wq"},     {"cross_attn.k_proj", "attention.wk"},
        {"cross_attn.v_proj", "attention.wv"},     {"cross_attn.o_proj", "attention.wo"},
        {"cross_attn.q_norm", "attention.q_norm"}, {"cross_attn.k_norm", "attention.k_norm"},
        {"cross_attn_attn_gate", "gate_attn"},     {"cross_attn_mlp_gate", "gate_ffwd"},
        {"mlp.gate_proj", "feed_forward.w1"},      {"mlp.down_proj", "feed_forward.w2"},
        {"mlp.up_proj", "feed_forward.w3"},        {"input_layernorm", "attention_norm"},
        {"post_attention_layernorm", "ffn_norm"}};
    // cross[i] is the i-th cross-attention layer's own decoder block; among all layers i more stand before.
    std::int64_t before = 0;
    for (std::size_t i = 0; i < cross.size(); ++i) {
        const auto place = cross[i] + static_cast<std::int64_t>(i);
        if (place == tensor.layer) {
            const auto name = named(kCross, tensor.part, tensor.kind);
            return name.empty() ? name : crossBlockPrefix(static_cast<std::int64_t>(i)) + name;
        }
        before += place < tensor.layer ? 1 : 0;
    }
    const auto name = named(kSelf, tensor.part, tensor.kind);
    return name.empty() ? name : "layers." + std::to_string(tensor.layer - before) + "." + name;
}

bool strip(std::string_view& name, std::string_view prefix) {
    const bool there = name.starts_with(prefix);
    if (there)
        name.remove_prefix(prefix.size());
    return there;
}

std::string textName(std::string_view name, std::span<const std::int64_t> cross) {
    if (strip(name, "embed_tokens."))
        return "tok_embeddings." + std::string(name);
    if (name == "norm.weight")
        return "norm.weight";
    const auto tensor = layerTensor(name);
    return tensor ? decoderName(*tensor, cross) : std::string{};
}

std::string encoderName(std::string_view name) {
    static const Names kWhole = {
        {"patch_embedding.weight", "conv1._linear.weight"},
        {"class_embedding", "class_embedding"},
        {"layernorm_pre.weight", "ln_pre.weight"},
        {"layernorm_pre.bias", "ln_pre.bias"},
        {"layernorm_post.weight", "ln_post.weight"},
        {"layernorm_post.bias", "ln_post.bias"},
        {"gated_positional_embedding.embedding", "positional_embedding"},
        {"gated_positional_embedding.tile_embedding.weight", "gated_positional_embedding"},
        {"gated_positional_embedding.gate", "gated_positional_embedding_gate"},
        {"pre_tile_positional_embedding.embedding.weight", "pre_tile_pos_embed.embedding"},
        {"pre_tile_positional_embedding.gate", "pre_tile_pos_embed.gate"},
        {"post_tile_positional_embedding.embedding.weight", "post_tile_pos_embed.embedding"},
        {"post_tile_positional_embedding.gate", "post_tile_pos_embed.gate"}};
    static const Names kBlock = {{"self_attn.q_proj", "attn.wq"}, {"self_attn.k_proj", "attn.wk"},
                                 {"self_attn.v_proj", "attn.wv"}, {"self_attn.o_proj", "attn.wo"},
                                 {"mlp.fc1", "mlp.c_fc"},         {"mlp.fc2", "mlp.c_proj"},
                                 {"input_layernorm", "ln_1"},     {"post_attention_layernorm", "ln_2"},
                                 {"gate_attn", "gate_attn"},      {"gate_ffn", "gate_ffn"}};
    if (auto whole = named(kWhole, name, ""); !whole.empty())
        return kVisionEncoder + whole;
    for (const auto& [prefix, global] :
         {std::pair<std::string_view, bool>{"transformer.", false}, {"global_transformer.", true}}) {
        if (!name.starts_with(prefix))
            continue;
        const auto tensor = layerTensor(name.substr(prefix.size()));
        const auto part = tensor ? named(kBlock, tensor->part, tensor->kind) : std::string{};
        return part.empty() ? part : encoderBlockPrefix(tensor->layer, global) + part;
    }
    return {};
}

/// Meta's name; empty for tensors that are not used. Newer files put "model." before the parts of an mllama
/// model and none before lm_head.
std::string metaName(std::string_view name, const ModelConfig& config) {
    if (!config.vision) {
        if (strip(name, "lm_head."))
            return "output." + std::string(name);
        return strip(name, "model.") ? textName(name, {}) : std::string{};
    }
    if (name == "language_model.lm_head.weight" || name == "lm_head.weight")
        return "output.weight";
    if (strip(name, "language_model.model.") || strip(name, "model.language_model."))
        return textName(name, config.vision->crossLayers);
    strip(name, "model.");
    if (strip(name, "multi_modal_projector."))
        return kVisionProjection + "." + std::string(name);
    return strip(name, "vision_model.") ? encoderName(name) : std::string{};
}

/// Cuts the rows behind the vocabulary off the embedding.
void splitEmbedding(TensorMap& tensors, const ModelConfig& config) {
    const auto at = tensors.find("tok_embeddings.weight");
    if (at == tensors.end() || at->second.shape.size() != 2 || !at->second.contiguous() ||
        at->second.shape[0] <= config.vocabSize || config.vocabSize < 1)
        return;
    Tensor extra = at->second;
    extra.shape[0] -= config.vocabSize;
    extra.data +=
        static_cast<std::size_t>(config.vocabSize * at->second.shape[1]) * itemSize(at->second.type);
    at->second.shape[0] = config.vocabSize;
    tensors.emplace("learnable_embedding.weight", std::move(extra));
}

/// [width, 3, p, p] as [width, 3 p p].
void flattenPatches(TensorMap& tensors) {
    const auto at = tensors.find(kVisionEncoder + "conv1._linear.weight");
    if (at == tensors.end() || at->second.shape.size() < 3 || !at->second.contiguous())
        return;
    auto& shape = at->second.shape;
    const auto cols =
        std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1}, std::multiplies<std::int64_t>());
    shape = {shape.front(), cols};
    at->second.strides = {cols, 1};
}

}  // namespace

TensorMap underMetaNames(TensorMap tensors, const ModelConfig& config) {
    TensorMap result;
    for (auto& [name, tensor] : tensors)
        if (auto meta = metaName(name, config); !meta.empty())
            result.emplace(std::move(meta), std::move(tensor));
    if (config.vision) {
        splitEmbedding(result, config);
        flattenPatches(result);
    }
    return result;
}

}  // namespace engine
