#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/report/report.h"

namespace engine {

/// Runs that writeJson() wrote, of this or another machine; summaries are made anew from the samples. Ids are
/// those of the file. Errors: corrupt, naming what is missing.
Result<std::vector<RunReport>> reportFromJson(const std::string& text);

/// A JSON report, an HTML report (which holds the same JSON) or a database of this program, all of its runs.
/// The file is only read. Errors: notFound, io; unsupported for other files; corrupt.
Result<std::vector<RunReport>> readReport(const std::filesystem::path& file);

struct ImportedRuns {
    std::vector<std::int64_t> added;
    int alreadyThere = 0;
};
/// Adds runs with new ids and the tag "imported". A run that is there (kind, time of start, build, prompt) is
/// not added again. Errors: the store's.
Result<ImportedRuns> importRuns(Store& store, const std::vector<RunReport>& runs);

}  // namespace engine
