#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/report/report.h"

/// One function per report format; registered in writers.cpp.
namespace engine {

/// What stands before the JSON in an HTML report; "</script>" ends it. "<" is written as \u003c inside.
inline constexpr std::string_view kHtmlDataOpen = "<script type=\"application/json\" id=\"anven-report\">";

/// For issue trackers: what matters first, the rest folded away.
std::string writeMarkdown(const std::vector<RunReport>& runs);
/// Self-contained: style and plots inline, nothing runs and nothing is loaded; dark where the reader prefers
/// it. Ends with writeJson()'s text in a data block, so that the page can be imported and measured again.
std::string writeHtml(const std::vector<RunReport>& runs);
/// Every raw sample and energy reading, one per line (RFC 4180).
std::string writeCsv(const std::vector<RunReport>& runs);
/// {"schema_version", "runs": [runJson …]} with raw samples; resources/schema/report.schema.json.
std::string writeJson(const std::vector<RunReport>& runs);

}  // namespace engine
