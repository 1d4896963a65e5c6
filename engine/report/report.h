#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/metrics/statistics.h"
#include "engine/store/store.h"

namespace engine {

/// One metric of one test, summarized over repetitions, as the window, the command line and the reports show
/// it.
struct MetricSummary {
    std::string test;
    std::int64_t prompt = 0;
    std::int64_t generate = 0;
    std::int64_t depth = 0;
    std::string metric;
    std::string unit;
    Summary summary;
};

struct LaneReport {
    LaneRow lane;
    std::vector<MetricSummary> results;
    std::vector<SampleRow> samples;
    std::vector<EnergyRow> energy;
};

struct RunReport {
    RunRow run;
    std::vector<LaneReport> lanes;
    std::optional<VoteRow> vote = {};       ///< on a comparison of this database; not carried by imports
    std::vector<PictureRow> pictures = {};  ///< of a comparison's prompt; an import of a report has none
};

/// Reads runs with everything that belongs to them; `ids` empty = the newest run. Errors: notFound, io.
Result<std::vector<RunReport>> loadReports(Store& store, std::span<const std::int64_t> ids);

/// One way to write a report. `write` returns the whole file.
struct ReportWriter {
    std::string_view format;  ///< "md", "html", "csv", "json"
    std::string_view description;
    std::string (*write)(const std::vector<RunReport>& runs);
};
std::span<const ReportWriter> reportWriters();

/// Writes by the file's extension, replacing the file only when complete. Errors: unsupported extension, io.
Result<void> writeReport(const std::vector<RunReport>& runs, const std::filesystem::path& file);

}  // namespace engine
