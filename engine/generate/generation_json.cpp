#include "engine/generate/generation_json.h"

#include <nlohmann/json.hpp>

#include "engine/tokenizer/base64.h"

namespace engine {
namespace {

using Json = nlohmann::json;

Json optional(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

std::optional<double> optionalNumber(const Json& json, const char* key) {
    const auto at = json.find(key);
    if (at == json.end() || !at->is_number())
        return std::nullopt;
    return at->get<double>();
}

Json ids(const std::vector<TokenId>& tokens) {
    Json array = Json::array();
    for (const TokenId id : tokens)
        array.push_back(raw(id));
    return array;
}

std::vector<TokenId> idsFrom(const Json& json, const char* key) {
    std::vector<TokenId> tokens;
    if (const auto at = json.find(key); at != json.end() && at->is_array())
        for (const auto& id : *at)
            if (id.is_number_integer())
                tokens.push_back(TokenId{id.get<std::int32_t>()});
    return tokens;
}

Provenance provenanceFrom(const std::string& text) {
    if (text == "measured")
        return Provenance::measured;
    return text == "estimated" ? Provenance::estimated : Provenance::unavailable;
}

PromptStyle promptStyleFrom(const std::string& text) {
    for (const auto style : {PromptStyle::dialog, PromptStyle::completion})
        if (name(style) == text)
            return style;
    return PromptStyle::automatic;
}

SpeculationKind speculationKindFrom(const std::string& text) {
    for (const auto kind : {SpeculationKind::lookup, SpeculationKind::draftModel})
        if (name(kind) == text)
            return kind;
    return SpeculationKind::off;
}

Json toJson(const SpeculationResult& s) {
    Json json{{"kind", name(s.kind)},
              {"drafted", s.drafted},
              {"accepted", s.accepted},
              {"acceptance", optional(s.acceptance)},
              {"forwards", s.forwards},
              {"tokens_per_forward", optional(s.tokensPerForward)},
              {"exact", s.inexactKernels.empty()}};
    if (!s.inexactKernels.empty())
        json["inexact_kernels"] = s.inexactKernels;
    if (s.kind == SpeculationKind::draftModel) {
        json["draft_model"] = s.draftModel;
        json["draft_weights_bytes"] = s.draftWeightsBytes;
        json["draft_kv_bytes"] = s.draftKvBytes;
    }
    return json;
}

SpeculationResult speculationFrom(const Json& json) {
    SpeculationResult s;
    s.kind = speculationKindFrom(json.at("kind").get<std::string>());
    s.drafted = json.value("drafted", std::int64_t{0});
    s.accepted = json.value("accepted", std::int64_t{0});
    s.acceptance = optionalNumber(json, "acceptance");
    s.forwards = json.value("forwards", std::int64_t{0});
    s.tokensPerForward = optionalNumber(json, "tokens_per_forward");
    s.inexactKernels = json.value("inexact_kernels", "");
    s.draftModel = json.value("draft_model", "");
    s.draftWeightsBytes = json.value("draft_weights_bytes", std::int64_t{0});
    s.draftKvBytes = json.value("draft_kv_bytes", std::int64_t{0});
    return s;
}

FinishReason finishReasonFrom(const std::string& text) {
    for (const auto reason :
         {FinishReason::stop, FinishReason::length, FinishReason::contextFull, FinishReason::cancelled})
        if (name(reason) == text)
            return reason;
    return FinishReason::length;
}

}  // namespace

Json toJson(const SharedImages& images) {
    Json array = Json::array();
    for (const auto& image : images) {
        const std::string_view bytes(reinterpret_cast<const char*>(image->pixels.data()),
                                     image->pixels.size());
        array.push_back({{"width", image->width}, {"height", image->height}, {"rgb8", encodeBase64(bytes)}});
    }
    return array;
}

Result<SharedImages> imagesFromJson(const Json& json) {
    SharedImages images;
    try {
        for (const auto& item : json) {
            RgbImage image{item.at("width").get<std::int64_t>(), item.at("height").get<std::int64_t>(), {}};
            const auto bytes = decodeBase64(item.at("rgb8").get_ref<const std::string&>());
            if (!bytes)
                return Error{ErrorCode::invalidInput, "an image of the request is not base64"};
            image.pixels.assign(bytes->begin(), bytes->end());
            images.push_back(std::make_shared<const RgbImage>(std::move(image)));
        }
    } catch (const Json::exception& e) {
        return Error{ErrorCode::invalidInput,
                     std::string("an image of the request does not parse: ") + e.what()};
    }
    return images;
}

Json toJson(const EnergyResult& energy) {
    return {{"joules", optional(energy.joules)},
            {"gross_joules", optional(energy.grossJoules)},
            {"idle_watts", optional(energy.idleWatts)},
            {"joules_per_token", optional(energy.joulesPerToken)},
            {"source", energy.source},
            {"provenance", name(energy.provenance)},
            {"reason", energy.reason}};
}

EnergyResult energyFromJson(const Json& json) {
    EnergyResult energy;
    if (!json.is_object())
        return energy;
    energy.joules = optionalNumber(json, "joules");
    energy.grossJoules = optionalNumber(json, "gross_joules");
    energy.idleWatts = optionalNumber(json, "idle_watts");
    energy.joulesPerToken = optionalNumber(json, "joules_per_token");
    energy.source = json.value("source", "none");
    energy.provenance = provenanceFrom(json.value("provenance", "unavailable"));
    energy.reason = json.value("reason", "");
    return energy;
}

Json toJson(const GenerationRecord& record) {
    const auto& m = record.metrics;
    Json json{{"text", record.text},
              {"tokens", ids(record.tokens)},
              {"prompt_tokens", m.promptTokens},
              {"generated_tokens", m.generatedTokens},
              {"finish_reason", name(record.finishReason)},
              {"ttft_ms", optional(m.ttftMs)},
              {"image_encode_ms", optional(m.imageEncodeMs)},
              {"prefill_tokens_per_s", optional(m.prefillTokensPerSecond)},
              {"decode_tokens_per_s", optional(m.decodeTokensPerSecond)},
              {"tpot_ms", optional(m.tpotMs)},
              {"itl_ms",
               {{"p50", optional(m.itlP50Ms)}, {"p90", optional(m.itlP90Ms)}, {"p99", optional(m.itlP99Ms)}}},
              {"weights_bytes", m.weightsBytes},
              {"kv_bytes", m.kvBytes},
              {"peak_rss_bytes", m.peakRssBytes},
              {"load_ms", m.loadMs},
              {"energy", toJson(m.energy)},
              {"kernels", record.kernels},
              {"threads", record.threads},
              {"seed", record.seed}};
    if (record.speculation)
        json["speculation"] = toJson(*record.speculation);
    return json;
}

Json toFullJson(const GenerationRecord& record) {
    Json json = toJson(record);
    json["prompt_token_ids"] = ids(record.promptTokens);
    json["itl_all_ms"] = record.metrics.itlMs;
    return json;
}

Result<GenerationRecord> recordFromJson(const Json& json) {
    if (!json.is_object() || !json.contains("text"))
        return Error{ErrorCode::invalidInput, "a generation record is not a JSON object with a text"};
    try {
        GenerationRecord record;
        auto& m = record.metrics;
        record.text = json.at("text").get<std::string>();
        record.promptTokens = idsFrom(json, "prompt_token_ids");
        record.tokens = idsFrom(json, "tokens");
        record.finishReason = finishReasonFrom(json.value("finish_reason", "length"));
        m.promptTokens = json.value("prompt_tokens", std::int64_t{0});
        m.generatedTokens = json.value("generated_tokens", std::int64_t{0});
        m.ttftMs = optionalNumber(json, "ttft_ms");
        m.imageEncodeMs = optionalNumber(json, "image_encode_ms");
        m.prefillTokensPerSecond = optionalNumber(json, "prefill_tokens_per_s");
        m.decodeTokensPerSecond = optionalNumber(json, "decode_tokens_per_s");
        m.tpotMs = optionalNumber(json, "tpot_ms");
        if (const auto itl = json.find("itl_ms"); itl != json.end()) {
            m.itlP50Ms = optionalNumber(*itl, "p50");
            m.itlP90Ms = optionalNumber(*itl, "p90");
            m.itlP99Ms = optionalNumber(*itl, "p99");
        }
        m.itlMs = json.value("itl_all_ms", std::vector<double>{});
        m.weightsBytes = json.value("weights_bytes", std::int64_t{0});
        m.kvBytes = json.value("kv_bytes", std::int64_t{0});
        m.peakRssBytes = json.value("peak_rss_bytes", std::int64_t{0});
        m.loadMs = json.value("load_ms", 0.0);
        m.energy = energyFromJson(json.value("energy", Json::object()));
        record.kernels = json.value("kernels", "");
        record.threads = json.value("threads", 0);
        record.seed = json.value("seed", std::uint64_t{0});
        if (const auto speculation = json.find("speculation"); speculation != json.end())
            record.speculation = speculationFrom(*speculation);
        return record;
    } catch (const Json::exception& e) {
        return Error{ErrorCode::invalidInput, std::string("a generation record does not parse: ") + e.what()};
    }
}

Json toJson(const GenerationRequest& request) {
    Json messages = Json::array();
    for (const auto& message : request.messages) {
        messages.push_back({{"role", name(message.role)}, {"content", message.content}});
        if (!message.images.empty())
            messages.back()["images"] = toJson(message.images);
    }
    const auto& s = request.sampling;
    Json json{{"messages", messages},
              {"style", name(request.style)},
              {"temperature", s.temperature},
              {"top_p", s.topP},
              {"top_k", s.topK},
              {"min_p", s.minP},
              {"repetition_penalty", s.repetitionPenalty},
              {"seed", s.seed},
              {"max_tokens", request.maxTokens},
              {"stop", request.stop},
              {"ignore_stop_tokens", request.ignoreStopTokens},
              {"idle_baseline_ms", request.energy.idleBaseline.count()},
              {"estimate_energy", request.energy.estimateFromCpuTime},
              {"estimate_watts_per_core", request.energy.estimateWattsPerCore},
              {"offers_tools", request.offersTools}};
    if (request.speculation.kind != SpeculationKind::off)
        json["speculation"] = {{"kind", name(request.speculation.kind)},
                               {"draft_tokens", request.speculation.draftTokens}};
    return json;
}

Result<GenerationRequest> requestFromJson(const Json& json) {
    try {
        GenerationRequest request;
        for (const auto& item : json.value("messages", Json::array())) {
            auto role = roleFromName(item.at("role").get<std::string>());
            if (!role)
                return role.error();
            Message message{*role, item.at("content").get<std::string>()};
            if (const auto images = item.find("images"); images != item.end()) {
                auto read = imagesFromJson(*images);
                if (!read)
                    return read.error();
                message.images = std::move(*read);
            }
            request.messages.push_back(std::move(message));
        }
        request.style = promptStyleFrom(json.value("style", "automatic"));
        auto& s = request.sampling;
        s.temperature = json.value("temperature", s.temperature);
        s.topP = json.value("top_p", s.topP);
        s.topK = json.value("top_k", s.topK);
        s.minP = json.value("min_p", s.minP);
        s.repetitionPenalty = json.value("repetition_penalty", s.repetitionPenalty);
        s.seed = json.value("seed", s.seed);
        request.maxTokens = json.value("max_tokens", request.maxTokens);
        request.stop = json.value("stop", std::vector<std::string>{});
        request.ignoreStopTokens = json.value("ignore_stop_tokens", false);
        request.offersTools = json.value("offers_tools", false);
        request.energy.idleBaseline = std::chrono::milliseconds(json.value("idle_baseline_ms", 0));
        request.energy.estimateFromCpuTime = json.value("estimate_energy", false);
        request.energy.estimateWattsPerCore = json.value("estimate_watts_per_core", 0.0);
        if (const auto speculation = json.find("speculation"); speculation != json.end()) {
            request.speculation.kind = speculationKindFrom(speculation->at("kind").get<std::string>());
            request.speculation.draftTokens = speculation->value("draft_tokens", std::int64_t{0});
        }
        return request;
    } catch (const Json::exception& e) {
        return Error{ErrorCode::invalidInput,
                     std::string("a generation request does not parse: ") + e.what()};
    }
}

}  // namespace engine
