#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/base/result.h"

namespace app {

/// Writes runs as a PDF by the window's program beside this one, which has the fonts; no display is needed.
/// Errors: notFound where that program is not installed; io.
engine::Result<void> writePdfByWorkbench(const std::filesystem::path& database,
                                         const std::vector<std::int64_t>& runs,
                                         const std::filesystem::path& out);

}  // namespace app
