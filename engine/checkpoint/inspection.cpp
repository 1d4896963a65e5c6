#include "engine/checkpoint/inspection.h"

#include <nlohmann/json.hpp>

#include "engine/model/model.h"
#include "engine/model/vision_json.h"

namespace engine {
namespace {

using Json = nlohmann::ordered_json;

Json tensorsOf(const Checkpoint& checkpoint, std::int64_t& total) {
    Json list = Json::array();
    for (const auto& [name, tensor] : checkpoint.tensors) {
        const auto bytes = static_cast<std::int64_t>(tensor.bytes());
        total += bytes;
        list.push_back({{"name", name},
                        {"shape", tensor.shape},
                        {"scheme", checkpoint.schemeOf(name)},
                        {"bytes", bytes}});
    }
    return list;
}

}  // namespace

std::string inspectionJson(const Checkpoint& checkpoint, KvCache::Type kv) {
    const auto& config = checkpoint.config;
    std::int64_t weightsBytes = 0;
    auto tensors = tensorsOf(checkpoint, weightsBytes);
    Json json{{"name", config.name},
              {"format", checkpoint.format},
              {"architecture", config.architecture},
              {"variant", config.variant},
              {"parameters", countParameters(checkpoint)},
              {"layers", config.nLayers},
              {"dim", config.dim},
              {"heads", config.nHeads},
              {"kv_heads", config.nKvHeads},
              {"head_dim", config.headDim},
              {"ffn_dim", config.hiddenDim},
              {"vocab", config.vocabSize},
              {"context", config.contextLength},
              {"tied_embeddings", config.tiedEmbeddings},
              {"rope",
               {{"theta", config.rope.theta},
                {"scaled", config.rope.scaling.has_value() || !config.rope.frequencyDivisors.empty()}}}};
    if (config.rope.scaling)
        json["rope"]["factor"] = config.rope.scaling->factor;
    if (config.lora)
        json["lora"] = {{"rank", config.lora->rank}, {"scale", config.lora->scale}};
    if (config.vision)
        json["vision"] = toJson(*config.vision);
    json["hadamard_ffn"] = config.hadamardFfn;
    json["hadamard_heads"] = config.hadamardHeads;
    json["activation_bits"] = config.activationBits;
    json["weights_bytes"] = weightsBytes;
    json["kv_bytes_per_token"] = KvCache::bytesPerToken(config, kv);
    json["notes"] = config.notes;
    json["tensors"] = std::move(tensors);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace engine
