#include "engine/quantize/variant_writer.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/pth_writer.h"
#include "engine/checkpoint/safetensors_writer.h"
#include "engine/checkpoint/variant_metadata.h"
#include "engine/model/rope_table.h"
#include "engine/model/vision_names.h"
#include "engine/quantize/gguf_variant.h"
#include "engine/tokenizer/vocabulary.h"

namespace engine {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

Result<void> writeText(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
        return Error{ErrorCode::io, path.string() + " cannot be written; is there room?"};
    return {};
}

/// Meta's name as Hugging Face's.
std::string huggingFaceName(const std::string& name) {
    static const std::map<std::string, std::string> parts = {
        {"attention.wq", "self_attn.q_proj"},    {"attention.wk", "self_attn.k_proj"},
        {"attention.wv", "self_attn.v_proj"},    {"attention.wo", "self_attn.o_proj"},
        {"feed_forward.w1", "mlp.gate_proj"},    {"feed_forward.w2", "mlp.down_proj"},
        {"feed_forward.w3", "mlp.up_proj"},      {"attention_norm", "input_layernorm"},
        {"ffn_norm", "post_attention_layernorm"}};
    const auto last = name.rfind('.');
    const auto prefix = name.substr(0, last);
    const auto suffix = name.substr(last);
    if (prefix == "tok_embeddings")
        return "model.embed_tokens" + suffix;
    if (prefix == "output")
        return "lm_head" + suffix;
    if (!prefix.starts_with("layers."))
        return "model." + name;
    const auto dot = prefix.find('.', 7) + 1;
    return "model." + prefix.substr(0, dot) + parts.at(prefix.substr(dot)) + suffix;
}

Json configOf(const ModelConfig& c, bool untied) {
    Json config{{"model_type", c.architecture},
                {"architectures", {c.architecture == "qwen2" ? "Qwen2ForCausalLM" : "LlamaForCausalLM"}},
                {"hidden_size", c.dim},
                {"intermediate_size", c.hiddenDim},
                {"num_hidden_layers", c.nLayers},
                {"num_attention_heads", c.nHeads},
                {"num_key_value_heads", c.nKvHeads},
                {"head_dim", c.headDim},
                {"vocab_size", c.vocabSize},
                {"max_position_embeddings", c.contextLength},
                {"rms_norm_eps", c.normEps},
                {"rope_theta", c.rope.theta},
                {"hidden_act", "silu"},
                {"tie_word_embeddings", !untied},
                {"torch_dtype", "bfloat16"},
                {"quantization_config", {{"quant_method", "anven"}}}};
    const auto rope = withoutDivisors(c.rope, c.headDim).value_or(c.rope);
    if (const auto& scaling = rope.scaling)
        config["rope_scaling"] = {{"rope_type", "llama3"},
                                  {"factor", scaling->factor},
                                  {"low_freq_factor", scaling->lowFreqFactor},
                                  {"high_freq_factor", scaling->highFreqFactor},
                                  {"original_max_position_embeddings", scaling->originalContext}};
    if (!c.stopTokens.empty()) {
        config["eos_token_id"] = Json::array();
        for (const auto id : c.stopTokens)
            config["eos_token_id"].push_back(raw(id));
    }
    return config;
}

void addVision(const VisionConfig& v, Json& params) {
    params["vision_chunk_size"] = v.tileSize;
    params["vision_max_num_chunks"] = v.maxTiles;
    params["vision_num_cross_attention_layers"] = v.nCrossLayers();
    params["vision_encoder"] = {{"width", v.width},
                                {"layers", v.nLayers},
                                {"heads", v.nHeads},
                                {"global_layers", v.nGlobalLayers},
                                {"intermediate_layers", v.intermediateLayers},
                                {"patch_size", v.patchSize}};
}

Json paramsOf(const ModelConfig& c, const VariantFacts& facts) {
    // multiple_of and the multiplier that give hiddenDim by the family's rule, for its own tools.
    const auto base = 8 * c.dim / 3;
    const auto rope = withoutDivisors(c.rope, c.headDim).value_or(c.rope);
    Json params{
        {"dim", c.dim},
        {"n_layers", c.nLayers},
        {"n_heads", c.nHeads},
        {"n_kv_heads", c.nKvHeads},
        {"vocab_size", c.vocabSize},
        {"multiple_of", c.hiddenDim},
        {"ffn_dim_multiplier", std::min(1.0, static_cast<double>(c.hiddenDim) / static_cast<double>(base))},
        {"norm_eps", c.normEps},
        {"rope_theta", c.rope.theta},
        {"use_scaled_rope", rope.scaling.has_value()},
        {"max_seq_len", c.contextLength}};
    if (!facts.schemes.empty()) {  // quantized variants have the family's condensed context
        params["max_seq_len"] = std::min<std::int64_t>(c.contextLength, 8192);
        params["quantization_args"] = {{"scheme", "int4_weight_int8_dynamic_activation"},
                                       {"group_size", facts.groupSize},
                                       {"spinquant", facts.rotated}};
    }
    if (rope.scaling)
        params["rope_scale_factor"] = rope.scaling->factor;
    if (c.answersDialogs)
        params["dialogs"] = true;
    if (c.vision)
        addVision(*c.vision, params);
    return params;
}

/// All tensors of all parts in order, with where their bytes lie.
struct Tensors {
    std::vector<NamedTensor> named;
    std::vector<const Tensor*> sources;

    explicit Tensors(const std::vector<Part>& parts) {
        for (const auto& part : parts)
            for (const auto& name : part.order) {
                const auto& tensor = part.tensors.at(name);
                named.push_back({name, tensor.type, tensor.shape, {}});
                sources.push_back(&tensor);
            }
    }
    TensorFill fill() const {
        return [this](std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
            const auto* from = sources[index]->data + offset;
            std::memcpy(bytes.data(), from, bytes.size());
            MappedFile::drop(from, bytes.size());
        };
    }
};

/// The head of a tied 8-bit table is the table under a second name.
void tieHead(Tensors& tensors) {
    for (std::size_t i = 0; i < tensors.named.size(); ++i)
        if (tensors.named[i].name.starts_with("tok_embeddings.")) {
            auto head = tensors.named[i];
            head.name = "output" + head.name.substr(std::string("tok_embeddings").size());
            head.sharedWith = i;
            tensors.named.push_back(head);
            tensors.sources.push_back(tensors.sources[i]);
            if (head.name == "output.scales")
                return;
        }
}

Result<void> writeMeta(const fs::path& out, const Checkpoint& source, const VariantFacts& facts,
                       Tensors tensors, std::stop_token stop) {
    if (!facts.untied)
        tieHead(tensors);
    if (source.config.vision)  // the language model goes under a prefix there
        for (auto& tensor : tensors.named)
            if (!tensor.name.starts_with("vision_model."))
                tensor.name = "text_model." + tensor.name;
    if (auto ok = writePth(out / "consolidated.00.pth", tensors.named, tensors.fill(), std::move(stop)); !ok)
        return ok;
    return writeText(out / "params.json", paramsOf(source.config, facts).dump(1) + "\n");
}

Result<void> writeHuggingFace(const fs::path& out, const Checkpoint& source, const VariantFacts& facts,
                              Tensors tensors, std::stop_token stop) {
    VariantMetadata metadata{facts.name, facts.rotated, facts.rotatesHeads, facts.activationBits, {}};
    for (auto& tensor : tensors.named) {
        const auto prefix = tensor.name.substr(0, tensor.name.rfind('.'));
        if (const auto scheme = facts.schemes.find(prefix);
            scheme != facts.schemes.end() && tensor.name.ends_with(".weight"))
            metadata.weights[prefix] = {scheme->second, 0, 0};
    }
    for (auto& [name, weight] : metadata.weights) {
        const auto* original = source.find(name + ".weight");
        if (original == nullptr)
            original = source.find("tok_embeddings.weight");
        weight.rows = original->shape[0];
        weight.cols = original->shape[1];
    }
    for (auto& tensor : tensors.named)
        tensor.name = huggingFaceName(tensor.name);
    if (auto ok = writeSafetensors(out / "model.safetensors", tensors.named,
                                   {{"format", "pt"}, {kVariantMetadata, toText(metadata)}}, tensors.fill(),
                                   std::move(stop));
        !ok)
        return ok;
    return writeText(out / "config.json", configOf(source.config, facts.untied).dump(1) + "\n");
}

/// The source's tokenizer file, or one made of the vocabulary that a GGUF source carries inside.
Result<void> copyTokenizer(const fs::path& out, const Checkpoint& source) {
    if (source.tokenizerFile.empty()) {
        const auto vocabulary = readVocabulary(source);
        if (!vocabulary)
            return vocabulary.error().code == ErrorCode::notFound ? Result<void>{} : vocabulary.error();
        if (const auto* bpe = std::get_if<BpeVocabulary>(&*vocabulary))
            return writeText(out / "tokenizer.json", toTokenizerJson(*bpe));
        return writeText(out / "tokenizer.model",
                         toSentencePieceFile(std::get<SentencePieceModel>(*vocabulary)));
    }
    std::error_code failure;
    fs::copy_file(source.tokenizerFile, out / source.tokenizerFile.filename(),
                  fs::copy_options::overwrite_existing, failure);
    if (failure)
        return Error{ErrorCode::io, "the tokenizer cannot be copied: " + failure.message()};
    return {};
}

}  // namespace

Result<void> checkLayout(const ModelConfig& config, const VariantFacts& facts) {
    if (facts.layout != VariantLayout::safetensors && (facts.activationBits != 8 || facts.rotatesHeads))
        return Error{
            ErrorCode::unsupported,
            "only a recipe with layout: safetensors can say that activations have other than 8 bits or "
            "that heads are rotated"};
    if (config.vision && facts.layout != VariantLayout::meta)
        return Error{ErrorCode::unsupported,
                     "variants of vision models are written in Meta's layout only; use a "
                     "recipe with layout: meta, or --format meta"};
    if (facts.layout == VariantLayout::gguf)
        return checkGguf(config, facts);
    if (!withoutDivisors(config.rope, config.headDim))
        return Error{
            ErrorCode::unsupported,
            "the source scales RoPE by a table of its own (rope_freqs) that Llama 3's scaling does not "
            "explain; only --format gguf holds it"};
    if (facts.layout == VariantLayout::safetensors)
        return {};
    if ((config.architecture != "llama" && !config.vision) || config.attentionBias ||
        config.headDim * config.nHeads != config.dim)
        return Error{ErrorCode::unsupported,
                     "Meta's layout holds models of the llama architecture without biases only; use a policy "
                     "with layout: safetensors"};
    for (const auto& [name, scheme] : facts.schemes) {
        const bool table = name == "tok_embeddings" || name == "output" || isVisionTensor(name);
        const bool fits = table ? scheme.kind == WeightScheme::Kind::int8Channel
                                : scheme == WeightScheme::groupwise(4, facts.groupSize);
        if (!fits)
            return Error{ErrorCode::unsupported, "Meta's layout has no place for " + scheme.name() + " (" +
                                                     name + "); use a policy with layout: safetensors"};
    }
    return {};
}

Result<void> writeVariant(const fs::path& out, const Checkpoint& source, const VariantFacts& facts,
                          const std::vector<Part>& parts, std::stop_token stop) {
    std::error_code failure;
    fs::create_directories(out, failure);
    if (failure)
        return Error{ErrorCode::io, out.string() + " cannot be made: " + failure.message()};
    if (facts.layout == VariantLayout::gguf)
        return writeGgufVariant(out, source, facts, parts, std::move(stop));
    const auto write = facts.layout == VariantLayout::meta ? writeMeta : writeHuggingFace;
    if (auto ok = write(out, source, facts, Tensors(parts), std::move(stop)); !ok)
        return ok;
    return copyTokenizer(out, source);
}

}  // namespace engine
