#pragma once

#include <string>
#include <vector>

#include "engine/report/report.h"

/// One function per report format; registered in writers.cpp.
namespace engine {

std::string writeMarkdown(const std::vector<RunReport>& runs);
/// Self-contained: style and plots inline, no script, nothing loaded; dark where the reader prefers it.
std::string writeHtml(const std::vector<RunReport>& runs);
/// Every raw sample and energy reading, one per line (RFC 4180).
std::string writeCsv(const std::vector<RunReport>& runs);
/// {"schema_version", "runs": [runJson …]} with raw samples.
std::string writeJson(const std::vector<RunReport>& runs);

}  // namespace engine
