#pragma once

#include <optional>
#include <string>

#include "app/command_line.h"

namespace app {

struct RerunOptions {
    std::string report;
    std::optional<std::int64_t> run;  ///< of the report
    std::string database;             ///< empty = the workbench's own
};

/// `anven bench --rerun`: measures a run of a report again and says what is not as it was.
Result<void> rerunReport(const RerunOptions& options, Context& context);

}  // namespace app
