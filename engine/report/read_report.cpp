#include "engine/report/read_report.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/temporary_folder.h"
#include "engine/report/lane_samples.h"
#include "engine/report/writers.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} << 20;
constexpr int kNewestSchema = 1;

/// What writeJson() embedded as JSON, as the text that the database holds.
std::string textAt(const Json& json, const char* key) {
    const auto& value = json.at(key);
    return value.is_string() ? value.get<std::string>()
                             : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string wordAt(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at == json.end() || at->is_null() ? std::string() : at->get<std::string>();
}

std::optional<double> numberAt(const Json& json, const char* key) {
    const auto& value = json.at(key);
    return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

LaneReport laneFrom(const Json& json) {
    LaneReport report;
    auto& lane = report.lane;
    lane.name = json.at("name").get<std::string>();
    lane.position = json.at("position").get<int>();
    lane.modelName = wordAt(json, "model");
    lane.modelPath = wordAt(json, "path");
    lane.variant = wordAt(json, "variant");
    lane.format = wordAt(json, "format");
    lane.digest = wordAt(json, "sha256");
    lane.kernelSpec = wordAt(json, "kernels");
    lane.kernelPlan = textAt(json, "kernel_plan");
    lane.settings = textAt(json, "settings");
    lane.threads = json.at("threads").get<int>();
    lane.kv = wordAt(json, "kv");
    lane.status = json.at("status").get<std::string>();
    lane.error = wordAt(json, "error");
    lane.text = wordAt(json, "text");
    lane.tokens = textAt(json, "tokens");
    lane.finishReason = wordAt(json, "finish_reason");
    for (const auto& s : json.at("samples"))
        report.samples.push_back({0, 0, s.at("repetition").get<int>(), s.at("test").get<std::string>(),
                                  s.at("prompt").get<std::int64_t>(), s.at("generate").get<std::int64_t>(),
                                  s.at("depth").get<std::int64_t>(), s.at("metric").get<std::string>(),
                                  s.at("unit").get<std::string>(), s.at("value").get<double>(),
                                  wordAt(s, "measured_at")});
    for (const auto& e : json.at("energy"))
        report.energy.push_back({0, 0, e.at("repetition").get<int>(), numberAt(e, "joules"),
                                 numberAt(e, "joules_per_token"), wordAt(e, "source"),
                                 e.at("provenance").get<std::string>(), wordAt(e, "reason")});
    report.results = summariesOf(report.samples);
    return report;
}

RunReport runFrom(const Json& json) {
    RunReport report;
    auto& run = report.run;
    run.id = json.at("run_id").get<std::int64_t>();
    run.kind = json.at("kind").get<std::string>();
    run.status = json.at("status").get<std::string>();
    run.startedAt = json.at("started_at").get<std::string>();
    run.finishedAt = wordAt(json, "finished_at");
    run.profile = json.at("profile").get<std::string>();
    run.profileText = json.at("profile_text").get<std::string>();
    run.prompt = wordAt(json, "prompt");
    run.machine = textAt(json, "machine");
    run.build = wordAt(json, "build");
    run.seed = json.at("seed").get<std::uint64_t>();
    run.note = wordAt(json, "note");
    if (json.contains("tags"))
        run.tags = json.at("tags").get<std::vector<std::string>>();
    std::int64_t id = 0;
    for (const auto& lane : json.at("lanes")) {
        report.lanes.push_back(laneFrom(lane));
        report.lanes.back().lane.runId = run.id;
        report.lanes.back().lane.id = ++id;
    }
    return report;
}

/// The data block of an HTML report.
std::string embeddedIn(const std::string& html) {
    const std::string_view open = kHtmlDataOpen;
    const auto from = html.find(open);
    const auto to = from == std::string::npos ? from : html.find("</script>", from);
    return to == std::string::npos ? std::string() : html.substr(from + open.size(), to - from - open.size());
}

Result<std::vector<RunReport>> allRunsOf(const std::filesystem::path& file) {
    // A copy is opened in place of the file, which may be on a read-only medium and stays as it is.
    const TemporaryFolder folder("anven-import");
    const auto copy = folder.path() / "copy.sqlite";
    std::error_code error;
    for (const char* part : {"", "-wal"})  // what is not yet checkpointed lies beside the database
        if (std::filesystem::exists(file.string() + part, error))
            std::filesystem::copy_file(file.string() + part, copy.string() + part, error);
    auto store = Store::open(copy);
    if (!store)
        return store.error();
    auto runs = (*store)->runs();
    if (!runs)
        return runs.error();
    std::vector<std::int64_t> ids;
    for (auto run = runs->rbegin(); run != runs->rend(); ++run)
        ids.push_back(run->id);
    return ids.empty() ? std::vector<RunReport>() : loadReports(**store, ids);
}

bool isSame(const RunRow& a, const RunRow& b) {
    return a.kind == b.kind && a.startedAt == b.startedAt && a.build == b.build && a.prompt == b.prompt;
}

Result<std::int64_t> add(Store& store, const RunReport& report) {
    RunRow run = report.run;
    std::erase(run.tags, "baseline");  // of the other database
    run.tags.emplace_back("imported");
    if (run.status == "running")
        run.status = "interrupted";
    auto id = store.addRun(run);
    if (!id)
        return id;
    if (auto kept = store.setRunPictures(*id, report.pictures); !kept)
        return kept.error();
    for (const auto& lane : report.lanes) {
        LaneRow row = lane.lane;
        row.runId = *id;
        auto laneId = store.addLane(row);
        if (!laneId)
            return laneId;
        auto samples = lane.samples;
        for (auto& sample : samples)
            sample.laneId = *laneId;
        if (auto added = store.addSamples(samples); !added)
            return added.error();
        for (auto energy : lane.energy) {
            energy.laneId = *laneId;
            if (auto added = store.addEnergy(energy); !added)
                return added;
        }
    }
    return id;
}

}  // namespace

Result<std::vector<RunReport>> reportFromJson(const std::string& text) {
    try {
        const auto document = Json::parse(text);
        if (document.at("schema_version").get<int>() > kNewestSchema)
            return Error{ErrorCode::unsupported,
                         "the report was written by a newer version of the program; open it with that one"};
        std::vector<RunReport> runs;
        for (const auto& run : document.at("runs"))
            runs.push_back(runFrom(run));
        return runs;
    } catch (const Json::exception& error) {
        return Error{ErrorCode::corrupt,
                     std::string("this is no report of `anven report --out F.json` (") + error.what() + ")"};
    }
}

Result<std::vector<RunReport>> readReport(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error)
        return Error{ErrorCode::notFound, file.string() + " cannot be read: " + error.message()};
    if (size > kMostBytes)
        return Error{ErrorCode::unsupported, file.string() + " is larger than any report (256 MiB)"};
    std::ifstream in(file, std::ios::binary);
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(size)))
        return Error{ErrorCode::io, file.string() + " cannot be read to its end"};
    if (text.starts_with(std::string("SQLite format 3\0", 16)))
        return allRunsOf(file);
    if (const auto first = text.find_first_not_of(" \t\r\n");
        first != std::string::npos && text[first] == '<')
        text = embeddedIn(text);
    if (text.empty())
        return Error{
            ErrorCode::unsupported,
            file.string() + " holds no runs: choose a .json or .html report or a database of this program"};
    auto runs = reportFromJson(text);
    if (!runs)
        return runs.error().in(file.string());
    return runs;
}

Result<ImportedRuns> importRuns(Store& store, const std::vector<RunReport>& runs) {
    auto known = store.runs();
    if (!known)
        return known.error();
    ImportedRuns imported;
    for (const auto& report : runs) {
        bool there = false;
        for (const auto& run : *known)
            there = there || isSame(run, report.run);
        if (there) {
            ++imported.alreadyThere;
            continue;
        }
        auto id = add(store, report);
        if (!id)
            return id.error();
        imported.added.push_back(*id);
    }
    return imported;
}

}  // namespace engine
