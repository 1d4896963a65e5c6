#include "engine/report/report_document.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/compare/word_diff.h"
#include "engine/conversation/conversation_formats.h"
#include "engine/report/environment.h"
#include "engine/report/lane_samples.h"
#include "engine/report/metric_catalog.h"
#include "engine/report/run_cells.h"
#include "engine/report/run_warnings.h"

namespace engine {
namespace {

using Json = nlohmann::json;

std::string orDash(const std::string& text) {
    return text.empty() ? "–" : text;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// "photo.png, 640 x 480 pixels, 123456 bytes, SHA-256 …"
std::string captionOf(const PictureRow& picture) {
    return pictureCaption(picture) + ", " + std::to_string(picture.bytes()) + " bytes, SHA-256 " +
           picture.sha256;
}

std::string intervalText(const MetricSummary& result) {
    const auto& s = result.summary;
    if (!s.ci95)
        return "–";
    const auto unit = unitFor(result.metric, s.median);
    return formatNumber(s.ci95->low / unit.divisor) + " … " + formatNumber(s.ci95->high / unit.divisor);
}

/// Energy of a lane in words: the value with its provenance, or why there is none.
std::string energyText(const LaneReport& lane) {
    for (const auto& reading : lane.energy)
        if (reading.joules)
            return formatNumber(*reading.joules) + " J, " + reading.provenance + " (" + reading.source + ")";
    if (lane.energy.empty())
        return "–";
    return "– (" +
           (lane.energy.front().reason.empty() ? lane.energy.front().provenance
                                               : lane.energy.front().reason) +
           ")";
}

std::string votedFor(const RunReport& report) {
    for (const auto& lane : report.lanes)
        if (report.vote->laneId && lane.lane.id == *report.vote->laneId)
            return lane.lane.name + " is best";
    return report.vote->verdict == "tie" ? "tie" : "all bad";
}

void addOverview(const RunReport& report, std::vector<ReportBlock>& blocks) {
    const auto& run = report.run;
    ReportTable facts{{"Run", std::to_string(run.id)}, {}, false};
    facts.rows.push_back({"Kind", run.kind});
    facts.rows.push_back({"Status", run.status});
    facts.rows.push_back({"Started (UTC)", run.startedAt});
    facts.rows.push_back({"Finished (UTC)", orDash(run.finishedAt)});
    facts.rows.push_back({"Profile", profileLine(run)});
    facts.rows.push_back({"Seed", std::to_string(run.seed)});
    facts.rows.push_back({"Program", "Anven Workbench " + run.build});
    if (!run.tags.empty())
        facts.rows.push_back({"Tags", joined(run.tags)});
    if (!run.note.empty())
        facts.rows.push_back({"Note", run.note});
    facts.rows.push_back({"Machine", machineLabel(run)});
    if (run.kind == "compare")
        facts.rows.push_back({"Order of lanes", laneOrderOf(run)});
    if (report.vote)
        facts.rows.push_back({"Vote", votedFor(report) + (report.vote->blind ? ", blind" : ", names known")});
    blocks.emplace_back(std::move(facts));
    for (const auto& warning : runWarnings(report))
        blocks.emplace_back(ReportText{"Warning: " + warning});
    if (!run.prompt.empty()) {
        blocks.emplace_back(ReportHeading{3, "Prompt"});
        blocks.emplace_back(ReportCode{run.prompt});
    }
    for (const auto& picture : report.pictures)
        blocks.emplace_back(ReportPicture{picture, captionOf(picture)});
}

void addLanes(const RunReport& report, std::vector<ReportBlock>& blocks) {
    blocks.emplace_back(ReportHeading{3, "Lanes", true});
    ReportTable table{
        {"Lane", "Model", "Variant", "Format", "Kernels asked", "Threads", "KV", "Status", "Energy"},
        {},
        false};
    for (const auto& lane : report.lanes) {
        const auto& l = lane.lane;
        table.rows.push_back({l.name, orDash(l.modelName), orDash(l.variant), orDash(l.format), l.kernelSpec,
                              std::to_string(l.threads), l.kv,
                              l.error.empty() ? l.status : l.status + ": " + l.error, energyText(lane)});
    }
    blocks.emplace_back(std::move(table));
}

/// The line that people quote: a row per lane and test with the headline metrics.
void addHeadlines(const RunReport& report, std::vector<ReportBlock>& blocks) {
    ReportTable table{{"Lane", "Kernels", "Threads", "Test"}, {}, true};
    std::vector<std::string_view> metrics;
    for (const auto& info : metricCatalog())
        for (const auto& lane : report.lanes)
            if (info.headline && summaryOf(lane, info.metric) != nullptr &&
                std::find(metrics.begin(), metrics.end(), info.metric) == metrics.end()) {
                metrics.push_back(info.metric);
                table.columns.emplace_back(info.label);
            }
    for (const auto& lane : report.lanes) {
        std::vector<const MetricSummary*> tests;
        for (const auto& result : lane.results) {
            const bool headline = std::find(metrics.begin(), metrics.end(), result.metric) != metrics.end();
            const bool known = std::any_of(tests.begin(), tests.end(), [&](const MetricSummary* test) {
                return testName(*test) == testName(result);
            });
            if (headline && !known)
                tests.push_back(&result);
        }
        for (const auto* test : tests) {
            std::vector<std::string> row{lane.lane.name, lane.lane.kernelSpec,
                                         std::to_string(lane.lane.threads), testName(*test)};
            for (const auto metric : metrics) {
                auto wanted = *test;
                wanted.metric = metric;
                const auto* result = sameTest(lane, wanted);
                row.push_back(result == nullptr ? "–" : formatMetric(metric, result->summary.median));
                if (result != nullptr && metric == "joules_per_token" && energyIsEstimated(lane))
                    row.back() += " (estimated)";
            }
            table.rows.push_back(std::move(row));
        }
    }
    if (!table.rows.empty())
        blocks.emplace_back(std::move(table));
}

void addPlots(const RunReport& report, std::vector<ReportBlock>& blocks) {
    for (const auto& info : metricCatalog()) {
        if (!info.headline)
            continue;
        ReportPlot plot{
            std::string(info.label), info.higherIsBetter ? "higher is better" : "lower is better", {}};
        for (const auto& lane : report.lanes)
            for (const auto& result : lane.results) {
                if (result.metric != info.metric)
                    continue;
                const auto& s = result.summary;
                const bool several = report.run.kind == "bench";
                plot.bars.push_back({several ? lane.lane.name + " · " + testName(result) : lane.lane.name,
                                     s.median, s.ci95,
                                     info.metric == "joules_per_token" && energyIsEstimated(lane),
                                     formatMetric(info.metric, s.median)});
            }
        if (!plot.bars.empty())
            blocks.emplace_back(std::move(plot));
    }
}

void addResults(const RunReport& report, std::vector<ReportBlock>& blocks) {
    blocks.emplace_back(ReportHeading{3, "Results", true});
    blocks.emplace_back(ReportText{
        "Medians with 95 % bootstrap intervals over n samples; p90 and p99 only where n carries them."});
    ReportTable table{{"Lane", "Test", "Metric", "Unit", "Median", "95 % interval", "Mean", "Std. dev.",
                       "Min", "Max", "p90", "p99", "n"},
                      {},
                      true};
    for (const auto& lane : report.lanes)
        for (const auto& result : lane.results) {
            if (result.metric == "started_unix_ms")
                continue;  // a date has no median
            const auto& s = result.summary;
            const auto unit = unitFor(result.metric, s.median);
            const auto number = [&](double value) { return formatNumber(value / unit.divisor); };
            table.rows.push_back(
                {lane.lane.name, testName(result), std::string(metricInfo(result.metric).label),
                 unit.unit.empty() ? result.unit : unit.unit, number(s.median), intervalText(result),
                 number(s.mean), number(s.stddev), number(s.min), number(s.max), s.p90 ? number(*s.p90) : "–",
                 s.p99 ? number(*s.p99) : "–", std::to_string(s.n)});
        }
    blocks.emplace_back(std::move(table));
}

/// Ratios of the headline metrics to the first lane's.
void addRatios(const RunReport& report, std::vector<ReportBlock>& blocks) {
    if (report.lanes.size() < 2)
        return;
    ReportTable table{
        {"Metric", "Lane", "Ratio to " + report.lanes.front().lane.name, "95 % interval", "Reading"},
        {},
        true};
    for (const auto& info : metricCatalog()) {
        const auto* base = info.headline ? summaryOf(report.lanes.front(), info.metric) : nullptr;
        if (base == nullptr || base->summary.median == 0.0)
            continue;
        for (std::size_t i = 1; i < report.lanes.size(); ++i) {
            const auto* other = summaryOf(report.lanes[i], info.metric);
            if (other == nullptr || other->test != base->test || other->depth != base->depth)
                continue;
            const auto interval =
                bootstrapRatio95(valuesOf(report.lanes[i], *other), valuesOf(report.lanes.front(), *base));
            const bool seen = interval && (interval->low > 1.0 || interval->high < 1.0);
            table.rows.push_back(
                {std::string(info.label), report.lanes[i].lane.name,
                 formatNumber(other->summary.median / base->summary.median),
                 interval ? formatNumber(interval->low) + " … " + formatNumber(interval->high) : "–",
                 !interval ? "one sample: no interval"
                 : seen    ? "difference seen"
                           : "no difference seen"});
        }
    }
    if (table.rows.empty())
        return;
    blocks.emplace_back(ReportHeading{3, "Against the reference lane"});
    blocks.emplace_back(std::move(table));
}

/// How far an answer is from the reference's, in words; empty where there is nothing to tell.
std::string differenceText(const LaneRow& reference, const LaneRow& lane) {
    if (lane.position == reference.position || reference.finishReason.empty() || lane.finishReason.empty())
        return {};
    const auto [added, removed] = countWords(wordDiff(reference.text, lane.text));
    if (added == 0 && removed == 0)
        return ": the same words as " + reference.name;
    return ": " + std::to_string(added) + (added == 1 ? " word added, " : " words added, ") +
           std::to_string(removed) + " removed against " + reference.name;
}

void addAnswers(const RunReport& report, std::vector<ReportBlock>& blocks) {
    if (report.run.kind != "compare")
        return;
    blocks.emplace_back(ReportHeading{3, "Answers", true});
    for (const auto& lane : report.lanes) {
        blocks.emplace_back(ReportText{lane.lane.name + " (" + orDash(lane.lane.finishReason) + ")" +
                                       differenceText(report.lanes.front().lane, lane.lane)});
        blocks.emplace_back(ReportCode{lane.lane.text});
    }
}

void addEnvironment(const RunReport& report, std::vector<ReportBlock>& blocks) {
    blocks.emplace_back(ReportHeading{3, "Environment", true});
    ReportTable table{{"Property", "Value"}, {}, false};
    for (const auto& [label, value] : environmentFacts(report.run))
        table.rows.push_back({label, value});
    blocks.emplace_back(std::move(table));
}

void addReproduction(const RunReport& report, std::vector<ReportBlock>& blocks) {
    blocks.emplace_back(ReportHeading{3, "Run it again", true});
    blocks.emplace_back(ReportCode{repeatCommand(report)});
    ReportTable models{
        {"Lane", "Path", "SHA-256", "Settings", "Kernel plan", "Generated token ids"}, {}, false};
    for (const auto& lane : report.lanes)
        models.rows.push_back({lane.lane.name, lane.lane.modelPath, orDash(lane.lane.digest),
                               lane.lane.settings, lane.lane.kernelPlan, orDash(lane.lane.tokens)});
    blocks.emplace_back(std::move(models));
    blocks.emplace_back(ReportText{"Profile as it ran:"});
    blocks.emplace_back(ReportCode{report.run.profileText});
}

std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

}  // namespace

namespace {

/// The call that made the run, where the run keeps it; every word is quoted. Throws as profileOptions().
std::string storedCommand(const RunReport& report) {
    const auto description = Json::parse(report.run.profileText, nullptr, false);
    if (report.run.kind != "bench" || !description.is_object() || !description.contains("profile"))
        return {};
    const auto words = description["profile"].value("arguments", std::vector<std::string>());
    std::string command = words.empty() ? "" : "anven bench";
    for (const auto& word : words)
        command += " " + quoted(word);
    return command;
}

/// The options that the profile names, numbers only. Throws where a value is not of the kind that this
/// program writes.
std::string profileOptions(const RunReport& report) {
    const auto profile = Json::parse(report.run.profileText, nullptr, false);
    const auto generation =
        profile.is_object() ? profile.value("generation", Json::object()) : Json::object();
    std::string command;
    if (report.run.kind == "compare") {
        for (const auto& [key, option] : {std::pair{"max_tokens", " -n "},
                                          {"temperature", " --temperature "},
                                          {"top_p", " --top-p "},
                                          {"top_k", " --top-k "},
                                          {"seed", " --seed "}})
            if (generation.contains(key) && generation[key].is_number())
                command +=
                    option + (generation[key].is_number_float() ? formatNumber(generation[key].get<double>())
                                                                : generation[key].dump());
        return command + (laneOrderOf(report.run) == "concurrent" ? " --concurrent" : "");
    }
    if (!profile.is_object())
        return command;
    const auto lengths = [&](const char* test, const char* key) {
        std::string list;
        std::vector<std::int64_t> seen;
        for (const auto& item : profile.value("tests", Json::array())) {
            const auto value = item.value(key, std::int64_t{0});
            if ((test == nullptr || item.value("test", "") == test) &&
                std::find(seen.begin(), seen.end(), value) == seen.end()) {
                seen.push_back(value);
                list += (list.empty() ? "" : ",") + std::to_string(value);
            }
        }
        return list;
    };
    if (const auto list = lengths("prefill", "prompt"); !list.empty())
        command += " --prefill " + list;
    if (const auto list = lengths("decode", "generate"); !list.empty())
        command += " --decode " + list;
    if (const auto list = lengths(nullptr, "depth"); !list.empty())
        command += " --depth " + list;
    return command + " --repetitions " + std::to_string(profile.value("repetitions", std::int64_t{1})) +
           " --seed " + std::to_string(report.run.seed);
}

}  // namespace

std::string repeatCommand(const RunReport& report) {
    std::string command = report.run.kind == "compare" ? "anven compare" : "anven bench";
    for (const auto& lane : report.lanes)
        command += " " + quoted(lane.lane.modelPath);
    if (report.run.kind == "compare")
        command += " -p " + quoted(report.run.prompt);
    try {
        if (const auto stored = storedCommand(report); !stored.empty())
            return stored;
        return command + profileOptions(report);
    } catch (const Json::exception&) {
        return command;  // the database may come from anywhere
    }
}

std::vector<ReportBlock> makeDocument(const std::vector<RunReport>& runs) {
    std::vector<ReportBlock> blocks;
    blocks.emplace_back(ReportHeading{1, "Anven Workbench report"});
    for (const auto& report : runs) {
        blocks.emplace_back(
            ReportHeading{2, "Run " + std::to_string(report.run.id) + ": " + report.run.kind});
        addOverview(report, blocks);
        addHeadlines(report, blocks);
        if (report.run.kind == "bench") {
            blocks.emplace_back(ReportHeading{3, "Speeds"});
            blocks.emplace_back(cellTable(report));
        }
        addPlots(report, blocks);
        addRatios(report, blocks);
        addLanes(report, blocks);
        addResults(report, blocks);
        addAnswers(report, blocks);
        addEnvironment(report, blocks);
        addReproduction(report, blocks);
    }
    return blocks;
}

}  // namespace engine
