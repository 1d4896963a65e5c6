#include "engine/compare/comparison_history.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/compare/comparison_json.h"
#include "engine/generate/generation_json.h"
#include "engine/worker/worker_json.h"

namespace engine {
namespace {

using Json = nlohmann::json;

/// The request that comparisonProfile() wrote; defaults where the text is not of that form.
ComparisonRequest requestFrom(const std::string& profileText) {
    ComparisonRequest request;
    const auto json = Json::parse(profileText, nullptr, false);
    if (!json.is_object())
        return request;
    try {
        if (auto order = compareOrderFromName(json.value("order", std::string("sequential"))))
            request.order = *order;
        if (auto generation = requestFromJson(json.value("generation", Json::object())))
            request.generation = std::move(*generation);
        for (const auto& lane : json.value("lanes", Json::array()))
            if (auto load = loadRequestFromJson(lane.at("load")))
                request.lanes.push_back({lane.at("name").get<std::string>(), std::move(*load)});
    } catch (const Json::exception&) {
        return request;  // the database may come from anywhere
    }
    return request;
}

std::string variantName(const LaneRow& lane) {
    return lane.modelName.empty() ? lane.variant : lane.modelName + " · " + lane.variant;
}

VoteOnLanes voteOn(const VoteRow& vote, const std::vector<LaneRow>& lanes) {
    VoteOnLanes result;
    result.verdict = vote.verdict;
    result.blind = vote.blind;
    result.winner = lanes.size();  // of no lane, until it is found
    for (const auto& lane : lanes) {
        if (lane.status != "finished")
            continue;
        if (vote.laneId && lane.id == *vote.laneId)
            result.winner = result.variants.size();
        result.variants.push_back(variantName(lane));
    }
    return result;
}

std::optional<double> valueOf(const LaneReport& lane, std::string_view metric) {
    for (const auto& sample : lane.samples)
        if (sample.metric == metric)
            return sample.value;
    return std::nullopt;
}

std::vector<TokenId> tokensFrom(const std::string& text) {
    std::vector<TokenId> tokens;
    const auto json = Json::parse(text, nullptr, false);
    if (json.is_array())
        for (const auto& id : json)
            if (id.is_number_integer())
                tokens.push_back(TokenId{id.get<std::int32_t>()});
    return tokens;
}

std::vector<KernelChoice> planFrom(const std::string& text) {
    std::vector<KernelChoice> plan;
    try {
        for (const auto& entry : Json::parse(text)) {
            plan.emplace_back();
            plan.back().op = entry.at("op").get<std::string>();
            plan.back().variant = entry.at("variant").get<std::string>();
        }
    } catch (const Json::exception&) {
        plan.clear();
    }
    return plan;
}

GenerationMetrics metricsFrom(const LaneReport& lane) {
    GenerationMetrics m;
    const auto whole = [&](std::string_view metric) {
        return static_cast<std::int64_t>(valueOf(lane, metric).value_or(0.0));
    };
    m.ttftMs = valueOf(lane, "ttft_ms");
    m.imageEncodeMs = valueOf(lane, "image_encode_ms");
    m.prefillTokensPerSecond = valueOf(lane, "prefill_tokens_per_s");
    m.decodeTokensPerSecond = valueOf(lane, "decode_tokens_per_s");
    m.tpotMs = valueOf(lane, "tpot_ms");
    m.peakRssBytes = whole("peak_rss_bytes");
    m.weightsBytes = whole("weights_bytes");
    m.kvBytes = whole("kv_bytes");
    m.loadMs = valueOf(lane, "load_ms").value_or(0.0);
    for (const auto& sample : lane.samples) {
        if (sample.metric == "itl_ms")
            m.itlMs.push_back(sample.value);
        if (sample.metric == "ttft_ms")
            m.promptTokens = sample.prompt;
    }
    if (!lane.energy.empty()) {
        const auto& e = lane.energy.front();
        m.energy.joules = e.joules;
        m.energy.joulesPerToken = e.joulesPerToken;
        m.energy.source = e.source;
        m.energy.reason = e.reason;
        m.energy.provenance = e.provenance == "measured"    ? Provenance::measured
                              : e.provenance == "estimated" ? Provenance::estimated
                                                            : Provenance::unavailable;
    }
    return m;
}

LaneResult laneFrom(const LaneReport& report, const ComparisonRequest& request, std::string trace) {
    const auto& row = report.lane;
    LaneResult lane;
    lane.spec.name = row.name;
    const auto position = static_cast<std::size_t>(row.position);
    if (position < request.lanes.size())
        lane.spec.load = request.lanes[position].load;
    lane.spec.load.model = row.modelPath;
    lane.spec.load.kernels = row.kernelSpec;
    if (!row.variant.empty()) {
        LoadedModel loaded;
        loaded.config.name = row.modelName;
        loaded.config.variant = row.variant;
        loaded.format = row.format;
        loaded.threads = row.threads;
        loaded.plan = planFrom(row.kernelPlan);
        lane.loaded = std::move(loaded);
    }
    if (row.status == "failed" || row.status == "running")
        lane.error = Error{ErrorCode::internal,
                           row.error.empty() ? "the program ended before this lane answered" : row.error};
    else if (row.finishReason.empty())
        lane.error = Error{ErrorCode::cancelled, row.error};
    else {
        GenerationRecord record;
        record.text = row.text;
        record.tokens = tokensFrom(row.tokens);
        for (const auto reason :
             {FinishReason::stop, FinishReason::length, FinishReason::contextFull, FinishReason::cancelled})
            if (row.finishReason == name(reason))
                record.finishReason = reason;
        record.threads = row.threads;
        record.metrics = metricsFrom(report);
        record.metrics.generatedTokens = static_cast<std::int64_t>(record.tokens.size());
        lane.record = std::move(record);
    }
    lane.tokens = answerTokensFromText(trace);
    return lane;
}

void addAgreement(std::vector<LaneResult>& lanes, const std::vector<LaneReport>& reports) {
    for (std::size_t i = 1; i < lanes.size(); ++i) {
        const auto kl = valueOf(reports[i], "kl_mean");
        const auto top1 = valueOf(reports[i], "top1");
        if (!kl || !top1)
            continue;
        Agreement agreement;
        agreement.lane = lanes[i].spec.name;
        agreement.reference = lanes[0].spec.name;
        agreement.klMean = *kl;
        agreement.top1 = *top1;
        if (const auto first = valueOf(reports[i], "first_divergence"))
            agreement.firstDivergence = static_cast<std::int64_t>(*first);
        lanes[i].agreement = agreement;
    }
}

}  // namespace

std::string voteText(const VoteRow& vote, const std::vector<LaneRow>& lanes) {
    if (vote.verdict == kVoteTie)
        return "tie";
    if (vote.verdict == kVoteAllBad)
        return "all bad";
    for (const auto& lane : lanes)
        if (vote.laneId && lane.id == *vote.laneId)
            return lane.name;
    return "a lane that is gone";
}

Result<ComparisonHistory> comparisonHistory(Store& store) {
    auto runs = store.runs();
    if (!runs)
        return runs.error();
    auto votes = store.votes();
    if (!votes)
        return votes.error();
    std::map<std::int64_t, VoteRow> voteOf;
    for (auto& vote : *votes)
        voteOf[vote.runId] = std::move(vote);
    ComparisonHistory history;
    std::vector<VoteOnLanes> counted;
    for (const auto& run : *runs) {
        if (run.kind != "compare")
            continue;
        auto lanes = store.lanes(run.id);
        if (!lanes)
            return lanes.error();
        ComparisonEntry entry;
        entry.runId = run.id;
        entry.startedAt = run.startedAt;
        entry.status = run.status;
        entry.prompt = run.prompt;
        entry.order = requestFrom(run.profileText).order;
        for (const auto& lane : *lanes)
            entry.lanes.push_back(lane.name);
        if (const auto vote = voteOf.find(run.id); vote != voteOf.end()) {
            entry.vote = voteText(vote->second, *lanes);
            entry.blind = vote->second.blind;
            counted.push_back(voteOn(vote->second, *lanes));
        }
        history.entries.push_back(std::move(entry));
    }
    history.standings = standings(counted);
    return history;
}

Result<StoredComparison> loadComparison(Store& store, std::int64_t runId) {
    auto reports = loadReports(store, std::vector{runId});
    if (!reports)
        return reports.error();
    auto& report = reports->front();
    if (report.run.kind != "compare")
        return Error{ErrorCode::invalidInput,
                     "run " + std::to_string(runId) + " is no comparison; open it on the Results page"};
    StoredComparison stored;
    stored.request = requestFrom(report.run.profileText);
    auto pictures = store.runPictures(runId);
    if (!pictures)
        return pictures.error();
    stored.request.pictures = std::move(*pictures);
    for (const auto& lane : report.lanes) {
        auto trace = store.laneTrace(lane.lane.id);
        if (!trace)
            return trace.error();
        if (report.vote && report.vote->laneId == lane.lane.id)
            stored.votedLane = stored.lanes.size();
        stored.lanes.push_back(laneFrom(lane, stored.request, std::move(*trace)));
    }
    addAgreement(stored.lanes, report.lanes);
    stored.vote = std::move(report.vote);
    stored.run = std::move(report.run);
    return stored;
}

}  // namespace engine
