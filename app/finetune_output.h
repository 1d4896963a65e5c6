#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>

#include "app/command_line.h"
#include "engine/train/finetune.h"

namespace app {

/// Shows steps on the line; with `json` also writes one line of JSON per step to stderr.
std::function<void(const engine::train::FinetuneProgress&)> finetuneListener(ProgressLine& line, bool json);

nlohmann::json dataJson(const engine::train::DataStatistics& data);
void printData(const engine::train::DataStatistics& data);
nlohmann::json finetuneJson(const engine::train::FinetuneReport& report);
void printFinetune(const engine::train::FinetuneReport& report);

}  // namespace app
