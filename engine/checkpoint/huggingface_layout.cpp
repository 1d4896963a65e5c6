#include <set>

#include "engine/checkpoint/formats.h"
#include "engine/checkpoint/huggingface_names.h"
#include "engine/checkpoint/json_file.h"
#include "engine/checkpoint/safetensors_reader.h"
#include "engine/checkpoint/variant_metadata.h"

namespace engine {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxConfig = std::size_t{1} << 20;
constexpr std::size_t kMaxIndex = std::size_t{64} << 20;

Result<std::optional<RopeScaling>> scalingOf(const Json& json, const fs::path& file) {
    const auto at = json.find("rope_scaling");
    if (at == json.end() || at->is_null())
        return std::optional<RopeScaling>{};
    if (!at->is_object())
        return Error{ErrorCode::corrupt, file.string() + ": rope_scaling is not an object"};
    const auto type = textAt(*at, "rope_type").value_or(textAt(*at, "type").value_or(""));
    if (type == "default")
        return std::optional<RopeScaling>{};
    if (type != "llama3")
        return Error{ErrorCode::unsupported,
                     file.string() + ": RoPE scaling '" + type + "' is not computed here; llama3 is"};
    RopeScaling scaling;
    scaling.factor = static_cast<float>(numberAt(*at, "factor").value_or(8.0));
    scaling.lowFreqFactor = static_cast<float>(numberAt(*at, "low_freq_factor").value_or(1.0));
    scaling.highFreqFactor = static_cast<float>(numberAt(*at, "high_freq_factor").value_or(4.0));
    scaling.originalContext = integerAt(*at, "original_max_position_embeddings").value_or(8192);
    return std::optional(scaling);
}

std::vector<TokenId> stopTokensOf(const Json& json) {
    std::vector<TokenId> ids;
    const auto at = json.find("eos_token_id");
    if (at == json.end())
        return ids;
    const auto add = [&](const Json& item) {
        if (item.is_number_integer() && item.get<std::int64_t>() >= 0 &&
            item.get<std::int64_t>() <= INT32_MAX)
            ids.push_back(TokenId{item.get<std::int32_t>()});
    };
    if (at->is_array())
        for (const auto& item : *at)
            add(item);
    else
        add(*at);
    return ids;
}

std::vector<std::int64_t> integersAt(const Json& json, const char* key) {
    std::vector<std::int64_t> values;
    if (const auto at = json.find(key); at != json.end() && at->is_array() && at->size() <= 1024)
        for (const auto& item : *at)
            if (item.is_number_integer())
                values.push_back(item.get<std::int64_t>());
    return values;
}

/// The vision part of an mllama configuration. Hugging Face counts cross-attention layers among the others.
Result<void> readVision(const Json& json, ModelConfig& config, const fs::path& file) {
    const Json& encoder = json.at("vision_config");
    VisionConfig vision;
    for (const auto& [key, target] : {std::pair{"image_size", &vision.tileSize},
                                      {"max_num_tiles", &vision.maxTiles},
                                      {"patch_size", &vision.patchSize},
                                      {"hidden_size", &vision.width},
                                      {"attention_heads", &vision.nHeads},
                                      {"num_hidden_layers", &vision.nLayers},
                                      {"num_global_layers", &vision.nGlobalLayers},
                                      {"intermediate_size", &vision.hiddenDim}}) {
        const auto value = integerAt(encoder, key);
        if (!value)
            return Error{ErrorCode::corrupt,
                         file.string() + ": vision_config '" + key + "' is missing or not an integer"};
        *target = *value;
    }
    if (const auto act = textAt(encoder, "hidden_act"); act && *act != "gelu")
        return Error{ErrorCode::unsupported,
                     file.string() + ": vision activation '" + *act + "' is not computed here; gelu is"};
    vision.intermediateLayers = integersAt(encoder, "intermediate_layers_indices");
    const auto cross = integersAt(json.at("text_config"), "cross_attention_layers");
    for (std::size_t i = 0; i < cross.size(); ++i)
        vision.crossLayers.push_back(cross[i] - static_cast<std::int64_t>(i));
    config.nLayers -= static_cast<std::int64_t>(cross.size());
    if (const auto token = integerAt(json, "image_token_index"); token && *token != config.vocabSize)
        return Error{ErrorCode::unsupported, file.string() + ": image token " + std::to_string(*token) +
                                                 " is not the id behind the vocabulary"};
    config.vision = std::move(vision);
    return {};
}

Result<ModelConfig> readConfig(const fs::path& file, const CheckpointOptions& options) {
    auto read = readJsonFile(file, kMaxConfig);
    if (!read)
        return read.error();
    ModelConfig config;
    config.architecture = textAt(*read, "model_type").value_or("");
    const bool vision = config.architecture == "mllama";
    for (const char* part : {"text_config", "vision_config"})
        if (vision && !(read->contains(part) && read->at(part).is_object()))
            return Error{ErrorCode::corrupt, file.string() + ": '" + part + "' is missing or not an object"};
    const Json& json = vision ? read->at("text_config") : *read;
    for (const auto& [key, target] : {std::pair{"hidden_size", &config.dim},
                                      {"num_hidden_layers", &config.nLayers},
                                      {"num_attention_heads", &config.nHeads},
                                      {"vocab_size", &config.vocabSize}}) {
        const auto value = integerAt(json, key);
        if (!value)
            return Error{ErrorCode::corrupt, file.string() + ": '" + key + "' is missing or not an integer"};
        *target = *value;
    }
    if (config.nHeads < 1)
        return Error{ErrorCode::corrupt, file.string() + ": num_attention_heads must be at least 1"};
    config.nKvHeads = integerAt(json, "num_key_value_heads").value_or(config.nHeads);
    config.headDim = integerAt(json, "head_dim").value_or(config.dim / config.nHeads);
    config.normEps = static_cast<float>(numberAt(json, "rms_norm_eps").value_or(1e-5));
    config.rope.theta = numberAt(json, "rope_theta").value_or(10000.0);
    config.rope.pairs = RopePairs::halves;
    config.contextLength = integerAt(json, "max_position_embeddings").value_or(8192);
    config.attentionBias = config.architecture == "qwen2";
    config.stopTokens = stopTokensOf(json);
    if (const auto act = textAt(json, "hidden_act"); act && *act != "silu")
        return Error{ErrorCode::unsupported,
                     file.string() + ": activation '" + *act + "' is not computed here; silu is"};
    if (flagAt(json, "mlp_bias").value_or(false) ||
        (config.architecture != "qwen2" && flagAt(json, "attention_bias").value_or(false)))
        return Error{ErrorCode::unsupported,
                     file.string() + ": biases on these linears are not computed here"};
    if (flagAt(json, "use_sliding_window").value_or(false))
        return Error{ErrorCode::unsupported,
                     file.string() + ": sliding-window attention is not computed here"};
    auto scaling = scalingOf(json, file);
    if (!scaling)
        return scaling.error();
    config.rope.scaling = *scaling;
    if (options.ropeScaleFactor && config.rope.scaling)
        config.rope.scaling->factor = *options.ropeScaleFactor;
    if (vision)
        if (auto ok = readVision(*read, config, file); !ok)
            return ok.error();
    return config;
}

/// The weight files of a directory: the index's, or model.safetensors, or the only one there.
Result<std::vector<fs::path>> weightFiles(const fs::path& folder,
                                          std::map<std::string, std::string>& placement) {
    std::error_code error;
    const auto index = folder / "model.safetensors.index.json";
    if (!fs::exists(index, error)) {
        if (fs::exists(folder / "model.safetensors", error))
            return std::vector{folder / "model.safetensors"};
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder, error))
            if (entry.path().extension() == ".safetensors")
                files.push_back(entry.path());
        if (files.size() == 1)
            return files;
        return Error{ErrorCode::notFound,
                     folder.string() + " has no model.safetensors and no model.safetensors.index.json"};
    }
    auto json = readJsonFile(index, kMaxIndex);
    if (!json)
        return json.error();
    const auto map = json->find("weight_map");
    if (map == json->end() || !map->is_object() || map->empty())
        return Error{ErrorCode::corrupt, index.string() + " has no weight_map"};
    std::set<fs::path> files;
    for (const auto& [name, file] : map->items()) {
        const auto text = file.is_string() ? file.get<std::string>() : std::string{};
        if (text.empty() || text.find('/') != std::string::npos || text.find("..") != std::string::npos)
            return Error{ErrorCode::corrupt,
                         index.string() + ": tensor " + name + " names a file outside the model's folder"};
        placement[name] = text;
        files.insert(folder / text);
    }
    if (files.size() > 1000)
        return Error{ErrorCode::corrupt, index.string() + " names more than 1000 files"};
    return std::vector<fs::path>(files.begin(), files.end());
}

}  // namespace

bool probeHuggingFace(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error))
        return fs::exists(path / "config.json", error);
    return path.extension() == ".safetensors";
}

Result<std::shared_ptr<Checkpoint>> openHuggingFace(const fs::path& path, const CheckpointOptions& options) {
    std::error_code error;
    const bool single = !fs::is_directory(path, error);
    const auto folder = single ? path.parent_path() : path;
    auto checkpoint = std::make_shared<Checkpoint>();
    checkpoint->path = path;
    checkpoint->format = single ? "safetensors" : "huggingface";
    TensorMap read;  // under the file's names
    std::map<std::string, std::string> placement;
    auto files = single ? Result<std::vector<fs::path>>(std::vector{path}) : weightFiles(folder, placement);
    if (!files)
        return files.error();
    std::map<std::string, std::string> metadata;
    for (const auto& weights : *files) {
        auto file = MappedFile::open(weights);
        if (!file)
            return file.error();
        auto tensors = readSafetensors(**file, &metadata);
        if (!tensors)
            return tensors.error();
        for (auto& [name, tensor] : *tensors) {
            if (const auto place = placement.find(name);
                place != placement.end() && folder / place->second != weights)
                return Error{ErrorCode::corrupt,
                             weights.string() + ": tensor " + name + " should be in " + place->second};
            if (!read.emplace(name, std::move(tensor)).second)
                return Error{ErrorCode::corrupt, weights.string() + ": tensor " + name + " occurs twice"};
        }
        checkpoint->files.push_back(weights);
        checkpoint->mappings.push_back(*file);
    }
    if (!fs::exists(folder / "config.json", error))
        return Error{ErrorCode::notFound,
                     folder.string() + " has no config.json, which says the model's shape; put it beside " +
                         path.filename().string()};
    auto config = readConfig(folder / "config.json", options);
    if (!config)
        return config.error();
    if (config->architecture != "llama" && config->architecture != "mllama" &&
        config->architecture != "qwen2")
        return Error{ErrorCode::unsupported, (folder / "config.json").string() + ": architecture '" +
                                                 config->architecture.substr(0, 80) +
                                                 "' is not run here; llama, mllama and qwen2 are"};
    checkpoint->config = std::move(*config);
    checkpoint->config.name = nameFromPath(path);
    checkpoint->tensors = underMetaNames(std::move(read), checkpoint->config);
    if (const auto text = metadata.find(kVariantMetadata); text != metadata.end()) {
        const auto variant = readVariantMetadata(text->second);
        if (!variant)
            return variant.error().in(checkpoint->files.back().string());
        if (auto ok = applyVariant(*checkpoint, *variant); !ok)
            return ok.error().in(checkpoint->files.back().string());
    }
    if (fs::exists(folder / "tokenizer.json", error))
        checkpoint->tokenizerFile = folder / "tokenizer.json";
    else if (fs::exists(folder / "tokenizer.model", error))
        checkpoint->tokenizerFile = folder / "tokenizer.model";
    return checkpoint;
}

}  // namespace engine
