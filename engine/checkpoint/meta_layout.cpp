#include <algorithm>
#include <cstdio>

#include "engine/checkpoint/formats.h"
#include "engine/checkpoint/json_file.h"
#include "engine/checkpoint/pth_reader.h"
#include "engine/checkpoint/shards.h"

namespace engine {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxParams = std::size_t{1} << 20;

/// The folder and weight file of a directory or of a .pth file in it.
struct Place {
    fs::path folder;
    fs::path weights;
};

Place placeOf(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error))
        return {path, path / "consolidated.00.pth"};
    return {path.parent_path(), path};
}

/// Where the files do not say it: Llama 3.2 1B and 3B were made for 32, every other model of the family
/// for 8.
RopeScaling scalingOf(const Json& params, ModelConfig& config, const CheckpointOptions& options) {
    RopeScaling scaling;
    const bool small =
        (config.dim == 2048 && config.nLayers == 16) || (config.dim == 3072 && config.nLayers == 28);
    if (options.ropeScaleFactor) {
        scaling.factor = *options.ropeScaleFactor;
        config.notes.push_back("RoPE scaling factor as asked for");
    } else if (const auto given = numberAt(params, "rope_scale_factor")) {
        scaling.factor = static_cast<float>(*given);
    } else {
        scaling.factor = small ? 32.0F : 8.0F;
        config.notes.push_back("RoPE scaling factor " + std::to_string(small ? 32 : 8) +
                               ": params.json does not say, " +
                               (small ? "this is the 1B or 3B text model" : "the family's default"));
    }
    return scaling;
}

Result<void> readQuantization(const Json& params, ModelConfig& config, const fs::path& file) {
    if (const auto args = params.find("quantization_args"); args != params.end() && args->is_object()) {
        if (const auto scheme = textAt(*args, "scheme");
            scheme && *scheme != "int4_weight_int8_dynamic_activation")
            return Error{ErrorCode::unsupported, file.string() + ": quantization scheme '" + *scheme +
                                                     "' is not read; int4_weight_int8_dynamic_activation is"};
        config.groupSize = integerAt(*args, "group_size").value_or(32);
        config.hadamardFfn = flagAt(*args, "spinquant").value_or(false);
    }
    if (const auto args = params.find("lora_args"); args != params.end() && args->is_object())
        config.lora = LoraConfig{integerAt(*args, "rank").value_or(0),
                                 static_cast<float>(numberAt(*args, "scale").value_or(1.0))};
    if (const auto args = params.find("quantization_args"); args != params.end() && args->is_object())
        if (flagAt(*args, "spinquant") == false && !config.lora)
            config.variant = "INT4";  // said, so that nothing is guessed from norms of 1
    return {};
}

/// The fields of our own that name what Meta's files leave out: the reference has the sizes of the released
/// encoder in its code.
Result<void> readEncoder(const Json& json, VisionConfig& vision, const fs::path& file) {
    vision.width = integerAt(json, "width").value_or(0);
    vision.nLayers = integerAt(json, "layers").value_or(0);
    vision.nGlobalLayers = integerAt(json, "global_layers").value_or(0);
    vision.nHeads = integerAt(json, "heads").value_or(vision.nHeads);
    vision.patchSize = integerAt(json, "patch_size").value_or(vision.patchSize);
    const auto layers = json.find("intermediate_layers");
    if (layers == json.end())
        return {};
    vision.intermediateLayers.clear();
    for (const auto& layer : *layers) {
        if (!layer.is_number_integer() || vision.intermediateLayers.size() >= 1024)
            return Error{ErrorCode::corrupt,
                         file.string() + ": 'intermediate_layers' is not a list of layer numbers"};
        vision.intermediateLayers.push_back(layer.get<std::int64_t>());
    }
    return {};
}

/// Cross-attention blocks stand before the last decoder block and every `step`-th before that.
std::vector<std::int64_t> crossLayersOf(std::int64_t nLayers, std::int64_t count) {
    std::vector<std::int64_t> layers;
    const auto step = (nLayers + count - 1) / count;
    for (auto layer = nLayers - 1; layer >= 0 && std::ssize(layers) < count; layer -= step)
        layers.insert(layers.begin(), layer);
    return layers;
}

Result<void> readVision(const Json& params, ModelConfig& config, const fs::path& file) {
    const auto tileSize = integerAt(params, "vision_chunk_size").value_or(-1);
    if (tileSize <= 0)
        return {};
    config.architecture = "mllama";
    VisionConfig vision;
    vision.tileSize = tileSize;
    vision.maxTiles = integerAt(params, "vision_max_num_chunks").value_or(4);
    vision.nHeads = 16;
    vision.intermediateLayers = {3, 7, 15, 23, 30};
    if (const auto encoder = params.find("vision_encoder"); encoder != params.end() && encoder->is_object())
        if (auto ok = readEncoder(*encoder, vision, file); !ok)
            return ok;
    const auto count =
        integerAt(params, "vision_num_cross_attention_layers")
            .value_or(integerAt(params, "vision_model.cross_attention_adapter.num_layers").value_or(0));
    if (count < 1 || count > config.nLayers || config.nLayers > 4096)
        return Error{ErrorCode::corrupt, file.string() + ": 'vision_num_cross_attention_layers' is " +
                                             std::to_string(count) +
                                             "; 1 to the number of layers is possible"};
    vision.crossLayers = crossLayersOf(config.nLayers, count);
    config.vision = std::move(vision);
    return {};
}

Result<ModelConfig> readParams(const fs::path& file, const CheckpointOptions& options) {
    auto read = readJsonFile(file, kMaxParams);
    if (!read)
        return read.error();
    const Json& params = *read;
    ModelConfig config;
    config.architecture = "llama";
    for (const auto& [key, target] : {std::pair{"dim", &config.dim},
                                      {"n_layers", &config.nLayers},
                                      {"n_heads", &config.nHeads},
                                      {"vocab_size", &config.vocabSize}}) {
        const auto value = integerAt(params, key);
        if (!value)
            return Error{ErrorCode::corrupt, file.string() + ": '" + key + "' is missing or not an integer"};
        *target = *value;
    }
    config.nKvHeads = integerAt(params, "n_kv_heads").value_or(config.nHeads);
    if (config.nHeads < 1 || config.dim % std::max<std::int64_t>(1, config.nHeads) != 0)
        return Error{ErrorCode::corrupt, file.string() + ": " + std::to_string(config.nHeads) +
                                             " heads do not divide dim " + std::to_string(config.dim)};
    config.headDim = config.dim / config.nHeads;
    config.normEps = static_cast<float>(numberAt(params, "norm_eps").value_or(1e-5));
    config.rope.theta = numberAt(params, "rope_theta").value_or(500000.0);
    config.rope.pairs = RopePairs::adjacent;
    config.answersDialogs = flagAt(params, "dialogs").value_or(false);
    if (auto ok = readQuantization(params, config, file); !ok)
        return ok.error();
    const bool scaled = flagAt(params, "use_scaled_rope").value_or(false);
    if (scaled)
        config.rope.scaling = scalingOf(params, config, options);
    const bool quantized = params.contains("quantization_args") && params["quantization_args"].is_object();
    // Quantized variants have a condensed window.
    config.contextLength = integerAt(params, "max_seq_len")
                               .value_or(quantized ? 8192
                                         : scaled  ? 131072
                                                   : 8192);
    if (auto ok = readVision(params, config, file); !ok)
        return ok.error();
    return config;
}

/// A shard per process that the model was split over: consolidated.00.pth, .01, …
std::vector<fs::path> shardFiles(const Place& place) {
    std::vector<fs::path> files{place.weights};
    std::error_code error;
    constexpr int kMostShards = 64;
    if (place.weights.filename() == "consolidated.00.pth")
        for (int shard = 1; shard < kMostShards; ++shard) {
            char name[32];
            std::snprintf(name, sizeof name, "consolidated.%02d.pth", shard);
            if (!fs::exists(place.folder / name, error))
                break;
            files.push_back(place.folder / name);
        }
    return files;
}

/// The tensors of all shards; sets the checkpoint's files and mappings.
Result<TensorMap> readWeights(const Place& place, Checkpoint& checkpoint) {
    std::vector<TensorMap> shards;
    checkpoint.files = shardFiles(place);
    for (const auto& path : checkpoint.files) {
        auto file = MappedFile::open(path);
        if (!file)
            return file.error();
        auto tensors = readPth(**file);
        if (!tensors)
            return tensors.error();
        shards.push_back(std::move(*tensors));
        checkpoint.mappings.push_back(*file);
    }
    if (shards.size() == 1)
        return std::move(shards.front());
    auto joined = joinShards(shards);
    if (!joined)
        return joined.error().in(place.folder.string());
    checkpoint.mappings = {joined->memory};
    return std::move(joined->tensors);
}

/// Vision checkpoints keep the language model under a prefix.
TensorMap withoutTextPrefix(TensorMap tensors) {
    constexpr std::string_view kPrefix = "text_model.";
    TensorMap result;
    for (auto& [name, tensor] : tensors)
        result.emplace(name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name, std::move(tensor));
    return result;
}

}  // namespace

bool probeMeta(const fs::path& path) {
    std::error_code error;
    const auto place = placeOf(path);
    if (fs::is_directory(path, error))
        return fs::exists(place.folder / "params.json", error) || fs::exists(place.weights, error);
    return path.extension() == ".pth" || path.extension() == ".pt";
}

Result<std::shared_ptr<Checkpoint>> openMeta(const fs::path& path, const CheckpointOptions& options) {
    const auto place = placeOf(path);
    std::error_code error;
    if (!fs::exists(place.folder / "params.json", error))
        return Error{ErrorCode::notFound,
                     place.folder.string() +
                         " has no params.json, which says the model's shape; put it beside " +
                         place.weights.filename().string()};
    if (!fs::exists(place.weights, error))
        return Error{ErrorCode::notFound,
                     place.folder.string() + " has no consolidated.00.pth with the weights"};
    auto config = readParams(place.folder / "params.json", options);
    if (!config)
        return config.error();
    auto checkpoint = std::make_shared<Checkpoint>();
    auto tensors = readWeights(place, *checkpoint);
    if (!tensors)
        return tensors.error();
    checkpoint->path = path;
    checkpoint->config = std::move(*config);
    checkpoint->config.name = nameFromPath(path);
    checkpoint->tensors =
        checkpoint->config.vision ? withoutTextPrefix(std::move(*tensors)) : std::move(*tensors);
    checkpoint->tensors.erase("rope.freqs");
    // A tied output is one storage under two names.
    if (const auto* output = checkpoint->find("output.weight"))
        if (const auto* embedding = checkpoint->find("tok_embeddings.weight");
            embedding != nullptr && *output == *embedding && output->type != DType::i8)
            checkpoint->tensors.erase("output.weight");
    if (fs::exists(place.folder / "tokenizer.model", error))
        checkpoint->tokenizerFile = place.folder / "tokenizer.model";
    else if (fs::exists(place.folder / "tokenizer.json", error))
        checkpoint->tokenizerFile = place.folder / "tokenizer.json";
    return checkpoint;
}

}  // namespace engine
