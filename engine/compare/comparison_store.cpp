#include "engine/compare/comparison_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/version.h"
#include "engine/checkpoint/model_digest.h"
#include "engine/compare/comparison_json.h"
#include "engine/generate/generation_json.h"
#include "engine/system/system_info.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

/// Everything measured in one answer, one row per value.
std::vector<SampleRow> samplesOf(const GenerationRecord& record, std::int64_t laneId) {
    std::vector<SampleRow> rows;
    const auto& m = record.metrics;
    const auto add = [&](const char* metric, const char* unit, std::optional<double> value) {
        if (!value)
            return;
        SampleRow row;
        row.laneId = laneId;
        row.test = "generate";
        row.prompt = m.promptTokens;
        row.generate = m.generatedTokens;
        row.metric = metric;
        row.unit = unit;
        row.value = *value;
        row.measuredAt = utcNow();
        rows.push_back(std::move(row));
    };
    add("ttft_ms", "ms", m.ttftMs);
    add("image_encode_ms", "ms", m.imageEncodeMs);
    add("prefill_tokens_per_s", "tok/s", m.prefillTokensPerSecond);
    add("decode_tokens_per_s", "tok/s", m.decodeTokensPerSecond);
    add("tpot_ms", "ms", m.tpotMs);
    for (const double gap : m.itlMs)
        add("itl_ms", "ms", gap);
    add("peak_rss_bytes", "bytes", static_cast<double>(m.peakRssBytes));
    add("weights_bytes", "bytes", static_cast<double>(m.weightsBytes));
    add("kv_bytes", "bytes", static_cast<double>(m.kvBytes));
    add("load_ms", "ms", m.loadMs);
    add("joules_per_token", "J/token", m.energy.joulesPerToken);
    if (record.speculation) {
        add("draft_acceptance", "", record.speculation->acceptance);
        add("tokens_per_forward", "tok/pass", record.speculation->tokensPerForward);
    }
    return rows;
}

EnergyRow energyOf(const GenerationRecord& record, std::int64_t laneId) {
    const auto& energy = record.metrics.energy;
    EnergyRow row;
    row.laneId = laneId;
    row.joules = energy.joules;
    row.joulesPerToken = energy.joulesPerToken;
    row.source = energy.source;
    row.provenance = std::string(name(energy.provenance));
    row.reason = energy.reason;
    return row;
}

/// Settings without the images, which the run keeps as pictures of their own.
Json generationJson(GenerationRequest request) {
    for (auto& message : request.messages)
        message.images.clear();
    return toJson(request);
}

}  // namespace

std::string promptText(const GenerationRequest& request) {
    const auto last = std::find_if(request.messages.rbegin(), request.messages.rend(),
                                   [](const Message& message) { return message.role == Role::user; });
    return last == request.messages.rend() ? std::string() : last->content;
}

std::string comparisonProfile(const ComparisonRequest& request) {
    Json lanes = Json::array();
    for (const auto& lane : request.lanes)
        lanes.push_back({{"name", lane.name}, {"load", toJson(lane.load)}});
    Json pictures = Json::array();
    for (const auto& picture : request.pictures)
        pictures.push_back({{"name", picture.name}, {"sha256", picture.sha256}});
    return Json{{"kind", "compare"},
                {"order", std::string(name(request.order))},
                {"generation", generationJson(request.generation)},
                {"pictures", pictures},
                {"lanes", lanes}}
        .dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<std::int64_t> ComparisonRecorder::begin(const ComparisonRequest& request) {
    if (store_ == nullptr)
        return std::int64_t{0};
    RunRow run;
    run.kind = "compare";
    run.status = "running";
    run.startedAt = utcNow();
    run.profile = "ad hoc";
    run.profileText = comparisonProfile(request);
    run.prompt = promptText(request.generation);
    run.machine = systemInfoJson();
    run.build = buildText();
    run.seed = request.generation.sampling.seed;
    auto id = store_->addRun(run);
    if (!id)
        return id.error();
    runId_ = *id;
    if (auto kept = store_->setRunPictures(runId_, request.pictures); !kept)
        return kept.error();
    for (std::size_t i = 0; i < request.lanes.size(); ++i) {
        const auto& spec = request.lanes[i];
        LaneRow lane;
        lane.runId = runId_;
        lane.position = static_cast<int>(i);
        lane.name = spec.name;
        lane.modelPath = spec.load.model;
        lane.kernelSpec = spec.load.kernels;
        lane.settings =
            Json{{"generation", generationJson(request.generation)}, {"load", toJson(spec.load)}}.dump(
                -1, ' ', false, Json::error_handler_t::replace);
        lane.threads = spec.load.threads;
        lane.kv = spec.load.kv;
        lane.status = "running";
        auto laneId = store_->addLane(lane);
        if (!laneId)
            return laneId.error();
        lane.id = *laneId;
        lanes_.push_back(std::move(lane));
    }
    return runId_;
}

Result<void> ComparisonRecorder::laneLoaded(std::size_t index, const std::string& name,
                                            const LoadedModel& model) {
    if (store_ == nullptr)
        return {};
    auto& lane = lanes_[index];
    lane.name = name;
    lane.modelName = model.config.name;
    lane.variant = model.config.variant;
    lane.format = model.format;
    lane.threads = model.threads;
    lane.kernelPlan = toJson(model.plan).dump();
    return store_->updateLane(lane);
}

Result<void> ComparisonRecorder::laneFinished(std::size_t index, const LaneResult& result) {
    if (store_ == nullptr)
        return {};
    auto& lane = lanes_[index];
    lane.name = result.spec.name;
    if (result.error) {
        lane.status = result.error->code == ErrorCode::cancelled ? "cancelled" : "failed";
        lane.error = result.error->message;
    }
    if (result.record) {
        lane.status = result.record->finishReason == FinishReason::cancelled ? "cancelled" : "finished";
        lane.text = result.record->text;
        lane.tokens = toJson(*result.record).at("tokens").dump();
        lane.finishReason = std::string(name(result.record->finishReason));
        // A stopped answer is flagged, not averaged: its samples would mix with complete ones.
        if (lane.status == "finished") {
            if (auto added = store_->addSamples(samplesOf(*result.record, lane.id)); !added)
                return added;
            if (auto added = store_->addEnergy(energyOf(*result.record, lane.id)); !added)
                return added.error();
        }
    }
    return store_->updateLane(lane);
}

Result<void> ComparisonRecorder::agreement(std::size_t index, const Agreement& agreement) {
    if (store_ == nullptr)
        return {};
    std::vector<SampleRow> rows;
    const auto add = [&](const char* metric, const char* unit, double value) {
        SampleRow row;
        row.laneId = lanes_[index].id;
        row.test = "agreement";
        row.metric = metric;
        row.unit = unit;
        row.value = value;
        row.measuredAt = utcNow();
        rows.push_back(std::move(row));
    };
    add("kl_mean", "nats/token", agreement.klMean);
    add("top1", "", agreement.top1);
    if (agreement.firstDivergence)
        add("first_divergence", "token", static_cast<double>(*agreement.firstDivergence));
    return store_->addSamples(rows);
}

Result<void> ComparisonRecorder::tokens(std::size_t index, const AnswerTokens& tokens) {
    if (store_ == nullptr)
        return {};
    if (auto stored = store_->setLaneTrace(lanes_[index].id, toJson(tokens).dump()); !stored)
        return stored;
    if (tokens.scores.empty())
        return {};
    SampleRow row;
    row.laneId = lanes_[index].id;
    row.test = "agreement";
    row.metric = "reference_nll";
    row.unit = "nats/token";
    row.value = meanNegativeLogLikelihood(tokens.scores);
    row.measuredAt = utcNow();
    return store_->addSamples({row});
}

Result<void> ComparisonRecorder::end(const std::string& status) {
    if (store_ == nullptr)
        return {};
    for (auto& lane : lanes_) {
        if (lane.status == "running")
            lane.status = "cancelled";
        else if (lane.status == "finished")  // read only now: while lanes are timed it would disturb them
            if (auto digest = modelDigest(lane.modelPath))
                lane.digest = *digest;
        if (auto updated = store_->updateLane(lane); !updated)
            return updated;
    }
    return store_->finishRun(runId_, status);
}

}  // namespace engine
