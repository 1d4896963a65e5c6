#include "engine/worker/worker_json.h"

#include <nlohmann/json.hpp>

#include "engine/generate/generation_json.h"
#include "engine/model/vision_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

/// Runs `read` and turns what the JSON library throws into an Error.
template <class T, class Read>
Result<T> parsed(const char* what, const Read& read) {
    try {
        return read();
    } catch (const Json::exception& e) {
        return Error{ErrorCode::invalidInput, std::string(what) + " does not parse: " + e.what()};
    }
}

std::vector<KernelUse> usesFromJson(const Json& choice) {
    std::vector<KernelUse> uses;
    for (const auto& item : choice.value("by_shape", Json::array()))
        uses.push_back({item.at("weights").get<std::string>(), item.at("tokens").get<std::string>(),
                        item.at("variant").get<std::string>(), item.at("gops").get<double>(),
                        item.at("gbps").get<double>()});
    return uses;
}

}  // namespace

std::string toLine(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json toJson(const LoadRequest& r) {
    Json json{{"model", r.model},
              {"kernels", r.kernels},
              {"threads", r.threads},
              {"kv", r.kv},
              {"activations", r.activations},
              {"output", r.output},
              {"weight_only", r.weightOnly},
              {"context", r.context},
              {"packed_copy", r.packedCopy}};
    if (r.ropeScaleFactor)
        json["rope_scale_factor"] = *r.ropeScaleFactor;
    if (!r.draft.empty())
        json["draft"] = r.draft;
    if (!r.adapter.empty())
        json["adapter"] = r.adapter;
    return json;
}

Result<LoadRequest> loadRequestFromJson(const Json& json) {
    return parsed<LoadRequest>("a load request", [&] {
        LoadRequest r;
        r.model = json.at("model").get<std::string>();
        r.kernels = json.value("kernels", r.kernels);
        r.threads = json.value("threads", 0);
        r.kv = json.value("kv", r.kv);
        r.activations = json.value("activations", r.activations);
        r.output = json.value("output", r.output);
        r.weightOnly = json.value("weight_only", false);
        r.context = json.value("context", std::int64_t{0});
        r.packedCopy = json.value("packed_copy", false);
        if (json.contains("rope_scale_factor"))
            r.ropeScaleFactor = json.at("rope_scale_factor").get<float>();
        r.draft = json.value("draft", "");
        r.adapter = json.value("adapter", "");
        return r;
    });
}

Json toJson(const std::vector<KernelUse>& uses) {
    Json array = Json::array();
    for (const auto& use : uses)
        array.push_back({{"weights", use.weights},
                         {"tokens", use.tokens},
                         {"variant", use.variant},
                         {"gops", use.gops},
                         {"gbps", use.gbps}});
    return array;
}

Json toJson(const std::vector<KernelChoice>& plan) {
    Json array = Json::array();
    for (const auto& choice : plan)
        array.push_back({{"op", choice.op},
                         {"variant", choice.variant},
                         {"reason", choice.reason},
                         {"passed_over", choice.passedOver},
                         {"by_shape", toJson(choice.uses)}});
    return array;
}

Json toJson(const LoadedModel& m) {
    const auto& c = m.config;
    Json json{{"name", c.name},
              {"architecture", c.architecture},
              {"variant", c.variant},
              {"dim", c.dim},
              {"layers", c.nLayers},
              {"heads", c.nHeads},
              {"kv_heads", c.nKvHeads},
              {"head_dim", c.headDim},
              {"ffn_dim", c.hiddenDim},
              {"vocab", c.vocabSize},
              {"model_context", c.contextLength},
              {"hadamard_ffn", c.hadamardFfn},
              {"hadamard_heads", c.hadamardHeads},
              {"activation_bits", c.activationBits},
              {"group_size", c.groupSize},
              {"notes", c.notes},
              {"format", m.format},
              {"prompt_format", m.promptFormat},
              {"parameters", m.parameters},
              {"weights_bytes", m.weightsBytes},
              {"kv_bytes", m.kvBytes},
              {"context", m.context},
              {"load_ms", m.loadMs},
              {"threads", m.threads},
              {"kernels", m.kernels},
              {"plan", toJson(m.plan)},
              {"packed_copy", m.packedCopy},
              {"packed_copy_note", m.packedCopyNote}};
    if (c.lora)
        json["lora"] = {{"rank", c.lora->rank}, {"scale", c.lora->scale}};
    if (c.vision)
        json["vision"] = toJson(*c.vision);
    return json;
}

Result<LoadedModel> loadedModelFromJson(const Json& json) {
    return parsed<LoadedModel>("a loaded model", [&] {
        LoadedModel m;
        auto& c = m.config;
        c.name = json.at("name").get<std::string>();
        c.architecture = json.at("architecture").get<std::string>();
        c.variant = json.at("variant").get<std::string>();
        c.dim = json.at("dim").get<std::int64_t>();
        c.nLayers = json.at("layers").get<std::int64_t>();
        c.nHeads = json.at("heads").get<std::int64_t>();
        c.nKvHeads = json.at("kv_heads").get<std::int64_t>();
        c.headDim = json.at("head_dim").get<std::int64_t>();
        c.hiddenDim = json.at("ffn_dim").get<std::int64_t>();
        c.vocabSize = json.at("vocab").get<std::int64_t>();
        c.contextLength = json.at("model_context").get<std::int64_t>();
        c.hadamardFfn = json.at("hadamard_ffn").get<bool>();
        c.hadamardHeads = json.value("hadamard_heads", false);
        c.activationBits = json.value("activation_bits", 8);
        c.groupSize = json.at("group_size").get<std::int64_t>();
        c.notes = json.at("notes").get<std::vector<std::string>>();
        if (json.contains("lora"))
            c.lora = LoraConfig{json.at("lora").at("rank").get<std::int64_t>(),
                                json.at("lora").at("scale").get<float>()};
        if (json.contains("vision"))
            c.vision = visionFromJson(json.at("vision"));
        m.format = json.at("format").get<std::string>();
        m.promptFormat = json.at("prompt_format").get<std::string>();
        m.parameters = json.at("parameters").get<std::int64_t>();
        m.weightsBytes = json.at("weights_bytes").get<std::int64_t>();
        m.kvBytes = json.at("kv_bytes").get<std::int64_t>();
        m.context = json.at("context").get<std::int64_t>();
        m.loadMs = json.at("load_ms").get<double>();
        m.packedCopy = json.value("packed_copy", m.packedCopy);
        m.packedCopyNote = json.value("packed_copy_note", std::string());
        m.threads = json.at("threads").get<int>();
        m.kernels = json.at("kernels").get<std::string>();
        for (const auto& item : json.at("plan"))
            m.plan.push_back({item.at("op").get<std::string>(), item.at("variant").get<std::string>(),
                              item.at("passed_over").get<std::vector<std::string>>(),
                              item.value("reason", std::string()), usesFromJson(item)});
        return m;
    });
}

Json toJson(const EvaluationRequest& r) {
    Json json{{"model", toJson(r.model)}, {"text", r.text.string()}, {"tokens", r.tokens.string()},
              {"window", r.window},       {"stride", r.stride},      {"limit", r.limit}};
    if (r.reference)
        json["reference"] = toJson(*r.reference);
    return json;
}

Result<EvaluationRequest> evaluationRequestFromJson(const Json& json) {
    return parsed<EvaluationRequest>("an evaluation request", [&]() -> Result<EvaluationRequest> {
        EvaluationRequest r;
        auto model = loadRequestFromJson(json.at("model"));
        if (!model)
            return model.error();
        r.model = std::move(*model);
        if (json.contains("reference")) {
            auto reference = loadRequestFromJson(json.at("reference"));
            if (!reference)
                return reference.error();
            r.reference = std::move(*reference);
        }
        r.text = json.at("text").get<std::string>();
        r.tokens = json.value("tokens", "");
        r.window = json.value("window", std::int64_t{0});
        r.stride = json.value("stride", std::int64_t{0});
        r.limit = json.value("limit", std::int64_t{0});
        return r;
    });
}

Json toJson(const MeasureRequest& r) {
    Json json{{"test", r.test},   {"prompt", r.prompt}, {"generate", r.generate},
              {"depth", r.depth}, {"seed", r.seed},     {"system_root", r.systemRoot}};
    if (r.idleWatts)
        json["idle_watts"] = *r.idleWatts;
    return json;
}

Result<MeasureRequest> measureRequestFromJson(const Json& json) {
    return parsed<MeasureRequest>("a measure request", [&] {
        MeasureRequest r;
        r.test = json.at("test").get<std::string>();
        r.prompt = json.value("prompt", std::int64_t{0});
        r.generate = json.value("generate", std::int64_t{0});
        r.depth = json.value("depth", std::int64_t{0});
        r.seed = json.value("seed", r.seed);
        r.systemRoot = json.value("system_root", r.systemRoot);
        if (json.contains("idle_watts"))
            r.idleWatts = json.at("idle_watts").get<double>();
        return r;
    });
}

Json toJson(const MeasureResult& r) {
    Json json{{"ms", r.milliseconds},
              {"started_unix_ms", r.startedUnixMs},
              {"itl_ms", r.itlMs},
              {"peak_rss_bytes", r.peakRssBytes},
              {"energy", toJson(r.energy)}};
    if (r.ttftMs)
        json["ttft_ms"] = *r.ttftMs;
    return json;
}

Result<MeasureResult> measureResultFromJson(const Json& json) {
    return parsed<MeasureResult>("a measurement", [&] {
        MeasureResult r;
        r.milliseconds = json.at("ms").get<double>();
        r.startedUnixMs = json.value("started_unix_ms", 0.0);
        r.itlMs = json.at("itl_ms").get<std::vector<double>>();
        r.peakRssBytes = json.at("peak_rss_bytes").get<std::int64_t>();
        r.energy = energyFromJson(json.at("energy"));
        if (json.contains("ttft_ms"))
            r.ttftMs = json.at("ttft_ms").get<double>();
        return r;
    });
}

}  // namespace engine
