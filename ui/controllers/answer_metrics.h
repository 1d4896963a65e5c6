#pragma once

#include <string>

#include "engine/generate/generation.h"

namespace ui {

/// What is stored beside an answer: the JSON of `anven generate --json` without the text and the tokens.
std::string answerMetrics(const engine::GenerationRecord& record);
/// The same for an answer that failed: {"error": message}.
std::string errorMetrics(const engine::Error& error);

}  // namespace ui
