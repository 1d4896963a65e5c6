#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/prompt/prompt_format.h"

namespace app {

/// A whole file; "-" reads standard input. Errors: notFound, io.
engine::Result<std::string> readText(const std::string& path);
/// The messages of a dialog file (engine/prompt/prompt_format.h). Errors: notFound, io, invalidInput with the
/// file's name.
engine::Result<std::vector<engine::Message>> readDialog(const std::string& path);

}  // namespace app
