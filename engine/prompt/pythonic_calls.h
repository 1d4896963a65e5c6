#pragma once

#include <optional>

#include "engine/prompt/tool_calls.h"

namespace engine {

constexpr int kMostToolNesting = 32;  ///< arrays and objects within arguments

/// Calls of `[f(a=1), g(b="x")]`; nothing where `text` is not such a list. Errors: as toolCallsIn.
Result<std::optional<std::vector<ToolCall>>> pythonicCalls(std::string_view text);

}  // namespace engine
