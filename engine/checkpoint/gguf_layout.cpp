#include <cmath>

#include "engine/checkpoint/formats.h"
#include "engine/checkpoint/gguf_reader.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

/// llama.cpp's name as Meta's; empty for tensors that are not weights of the decoder.
std::string metaName(std::string_view name) {
    static const std::map<std::string_view, std::string_view> parts = {
        {"attn_q", "attention.wq"},      {"attn_k", "attention.wk"},      {"attn_v", "attention.wv"},
        {"attn_output", "attention.wo"}, {"ffn_gate", "feed_forward.w1"}, {"ffn_down", "feed_forward.w2"},
        {"ffn_up", "feed_forward.w3"},   {"attn_norm", "attention_norm"}, {"ffn_norm", "ffn_norm"}};
    if (name == "token_embd.weight")
        return "tok_embeddings.weight";
    if (name == "output_norm.weight")
        return "norm.weight";
    if (name == "output.weight")
        return "output.weight";
    if (!name.starts_with("blk."))
        return {};
    const auto dot = name.find('.', 4);
    const auto last = name.rfind('.');
    if (dot == std::string_view::npos || last <= dot)
        return {};
    const auto at = parts.find(name.substr(dot + 1, last - dot - 1));
    if (at == parts.end())
        return {};
    return "layers." + std::string(name.substr(4, dot - 4)) + "." + std::string(at->second) +
           std::string(name.substr(last));
}

Result<ModelConfig> readConfig(const GgufFile& file, const fs::path& path, const CheckpointOptions& options) {
    const auto& metadata = file.metadata;
    ModelConfig config;
    config.architecture = metadata.text("general.architecture").value_or("");
    if (config.architecture != "llama" && config.architecture != "qwen2")
        return Error{ErrorCode::unsupported, path.string() + ": architecture '" + config.architecture +
                                                 "' is not run here; llama and qwen2 are"};
    const auto key = [&](const char* suffix) { return config.architecture + "." + suffix; };
    for (const auto& [suffix, target] : {std::pair{"embedding_length", &config.dim},
                                         {"block_count", &config.nLayers},
                                         {"attention.head_count", &config.nHeads}}) {
        const auto value = metadata.integer(key(suffix));
        if (!value)
            return Error{ErrorCode::corrupt,
                         path.string() + ": key " + key(suffix) + " is missing or not an integer"};
        *target = *value;
    }
    if (config.nHeads < 1)
        return Error{ErrorCode::corrupt,
                     path.string() + ": " + key("attention.head_count") + " must be at least 1"};
    config.nKvHeads = metadata.integer(key("attention.head_count_kv")).value_or(config.nHeads);
    config.headDim = metadata.integer(key("attention.key_length")).value_or(config.dim / config.nHeads);
    config.contextLength = metadata.integer(key("context_length")).value_or(8192);
    config.normEps =
        static_cast<float>(metadata.number(key("attention.layer_norm_rms_epsilon")).value_or(1e-5));
    config.rope.theta = metadata.number(key("rope.freq_base")).value_or(10000.0);
    config.rope.pairs = config.architecture == "llama" ? RopePairs::adjacent : RopePairs::halves;
    config.attentionBias = config.architecture == "qwen2";
    if (const auto rotated = metadata.integer(key("rope.dimension_count"));
        rotated && *rotated != config.headDim)
        return Error{ErrorCode::unsupported,
                     path.string() + ": only a part of each head is rotated, which is not computed here"};
    if (const auto* embedding =
            file.tensors.count("token_embd.weight") ? &file.tensors.at("token_embd.weight") : nullptr;
        embedding != nullptr && embedding->shape.size() == 2)
        config.vocabSize = embedding->shape[0];
    else if (file.otherTypes.count("token_embd.weight") == 0)
        return Error{ErrorCode::notFound, path.string() + ": tensor token_embd.weight is missing"};
    for (const char* stop :
         {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"})
        if (const auto id = metadata.integer(stop); id && *id >= 0 && *id <= INT32_MAX)
            config.stopTokens.push_back(TokenId{static_cast<std::int32_t>(*id)});
    if (const auto divisors = file.tensors.find("rope_freqs.weight"); divisors != file.tensors.end()) {
        if (divisors->second.elements() != config.headDim / 2)
            return Error{ErrorCode::corrupt,
                         path.string() + ": rope_freqs.weight does not have one value per rotated pair"};
        config.rope.frequencyDivisors = toFloats(divisors->second);
        for (const float divisor : config.rope.frequencyDivisors)
            if (!(divisor > 0.0F && std::isfinite(divisor)))
                return Error{ErrorCode::corrupt,
                             path.string() + ": rope_freqs.weight has a value that is not a positive number"};
    }
    if (options.ropeScaleFactor) {
        RopeScaling scaling;
        scaling.factor = *options.ropeScaleFactor;
        config.rope.scaling = scaling;
        config.rope.frequencyDivisors.clear();
    }
    return config;
}

}  // namespace

bool probeGguf(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && path.extension() == ".gguf";
}

Result<std::shared_ptr<Checkpoint>> openGguf(const fs::path& path, const CheckpointOptions& options) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    auto gguf = readGguf(**file);
    if (!gguf)
        return gguf.error();
    auto config = readConfig(*gguf, path, options);
    if (!config)
        return config.error();
    auto checkpoint = std::make_shared<Checkpoint>();
    checkpoint->path = path;
    checkpoint->config = std::move(*config);
    checkpoint->config.name = gguf->metadata.text("general.name").value_or(nameFromPath(path));
    for (const auto& [name, type] : gguf->otherTypes)
        if (!metaName(name).empty())
            return Error{ErrorCode::unsupported,
                         path.string() + ": tensor " + name + " has type " + type +
                             ", which is not computed here; F32, F16, BF16, Q8_0 and Q4_0 are"};
    for (auto& [name, tensor] : gguf->tensors)
        if (auto meta = metaName(name); !meta.empty())
            checkpoint->tensors.emplace(std::move(meta), std::move(tensor));
    checkpoint->metadata = std::move(gguf->metadata);
    checkpoint->files.push_back(path);
    checkpoint->mappings.push_back(*file);
    return checkpoint;
}

}  // namespace engine
