#include <nlohmann/json.hpp>

#include "engine/report/report_document.h"
#include "engine/report/run_json.h"
#include "engine/report/run_warnings.h"
#include "engine/report/writers.h"

namespace engine {
namespace {

using Json = nlohmann::ordered_json;

/// JSON that the database holds as text; the text itself where it does not parse.
Json embedded(const std::string& text) {
    auto json = Json::parse(text, nullptr, false);
    return json.is_discarded() ? Json(text) : json;
}

Json optional(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json resultJson(const MetricSummary& result) {
    const auto& s = result.summary;
    return {{"test", result.test},
            {"prompt", result.prompt},
            {"generate", result.generate},
            {"depth", result.depth},
            {"metric", result.metric},
            {"unit", result.unit},
            {"n", s.n},
            {"mean", s.mean},
            {"median", s.median},
            {"stddev", s.stddev},
            {"ci95", s.ci95 ? Json{s.ci95->low, s.ci95->high} : Json(nullptr)},
            {"min", s.min},
            {"max", s.max},
            {"p50", s.p50},
            {"p90", optional(s.p90)},
            {"p99", optional(s.p99)}};
}

Json laneJson(const LaneReport& report) {
    const auto& lane = report.lane;
    Json results = Json::array();
    for (const auto& result : report.results)
        results.push_back(resultJson(result));
    Json energy = Json::array();
    for (const auto& e : report.energy)
        energy.push_back({{"repetition", e.repetition},
                          {"joules", optional(e.joules)},
                          {"joules_per_token", optional(e.joulesPerToken)},
                          {"source", e.source},
                          {"provenance", e.provenance},
                          {"reason", e.reason}});
    return {{"name", lane.name},
            {"kernels", lane.kernelSpec},
            {"threads", lane.threads},
            {"position", lane.position},
            {"model", lane.modelName},
            {"path", lane.modelPath},
            {"variant", lane.variant},
            {"format", lane.format},
            {"sha256", lane.digest.empty() ? Json(nullptr) : Json(lane.digest)},
            {"kv", lane.kv},
            {"status", lane.status},
            {"error", lane.error},
            {"kernel_plan", embedded(lane.kernelPlan)},
            {"settings", embedded(lane.settings)},
            {"text", lane.text},
            {"tokens", embedded(lane.tokens)},
            {"finish_reason", lane.finishReason},
            {"results", results},
            {"energy", energy}};
}

Json toJson(const RunReport& report) {
    const auto& run = report.run;
    Json lanes = Json::array();
    for (const auto& lane : report.lanes)
        lanes.push_back(laneJson(lane));
    const auto description = Json::parse(run.profileText, nullptr, false);
    const auto profile =
        description.is_object() && description.contains("profile") ? description["profile"] : Json::object();
    const auto ofProfile = [&](const char* key) {
        return profile.is_object() && profile.contains(key) ? profile[key] : Json(nullptr);
    };
    Json vote = nullptr;
    if (report.vote) {
        vote = {{"verdict", report.vote->verdict}, {"lane", nullptr}, {"blind", report.vote->blind}};
        for (const auto& lane : report.lanes)
            if (report.vote->laneId && lane.lane.id == *report.vote->laneId)
                vote["lane"] = lane.lane.position;
    }
    Json pictures = Json::array();
    for (const auto& picture : report.pictures)
        pictures.push_back({{"name", picture.name},
                            {"media_type", picture.mediaType},
                            {"width", picture.width},
                            {"height", picture.height},
                            {"bytes", picture.bytes()},
                            {"sha256", picture.sha256}});
    return {{"run_id", run.id},
            {"kind", run.kind},
            {"status", run.status},
            {"started_at", run.startedAt},
            {"finished_at", run.finishedAt},
            {"profile", run.profile},
            {"profile_sha256", ofProfile("sha256")},
            {"profile_shipped", ofProfile("shipped")},
            {"profile_notes", ofProfile("notes")},
            {"profile_text", run.profileText},
            {"warnings", runWarnings(report)},
            {"prompt", run.prompt},
            {"pictures", pictures},
            {"build", run.build},
            {"seed", run.seed},
            {"note", run.note},
            {"tags", run.tags},
            {"vote", vote},
            {"repeat", repeatCommand(report)},
            {"machine", embedded(run.machine)},
            {"lanes", lanes}};
}

std::string text(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string runJson(const RunReport& report) {
    return text(toJson(report));
}

std::string writeJson(const std::vector<RunReport>& runs) {
    Json list = Json::array();
    for (const auto& report : runs) {
        auto run = toJson(report);
        for (std::size_t i = 0; i < report.lanes.size(); ++i) {
            Json samples = Json::array();
            for (const auto& s : report.lanes[i].samples)
                samples.push_back({{"repetition", s.repetition},
                                   {"test", s.test},
                                   {"prompt", s.prompt},
                                   {"generate", s.generate},
                                   {"depth", s.depth},
                                   {"metric", s.metric},
                                   {"unit", s.unit},
                                   {"value", s.value},
                                   {"measured_at", s.measuredAt}});
            run["lanes"][i]["samples"] = std::move(samples);
        }
        list.push_back(std::move(run));
    }
    return text(Json{{"schema_version", 1}, {"runs", list}}) + "\n";
}

}  // namespace engine
