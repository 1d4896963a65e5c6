#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/train/finetune.h"

namespace engine::demo {

struct SightBuildRequest {
    std::filesystem::path recipe;       ///< folder with pictures.txt, sight.yaml and vision.yaml
    std::string model;                  ///< text model in Meta's layout, which stays as it is
    std::vector<std::string> variants;  ///< of it, which get the same eyes; each written as work/seeing-NAME
    std::filesystem::path work;         ///< start and results; the same request goes on there
    int threads = 0;
    std::int64_t stopAfter = 0;  ///< steps after which this call stops; 0 = to the end
    std::int64_t steps = 0;      ///< in the recipe's place; 0 = its own
    std::shared_ptr<const PauseSwitch> paused;
};

/// Teaches a text model to see: random eyes (work/seeing-start), then vision.yaml on pictures that are drawn
/// (work/seeing). Errors: as finetune(), lendSight() and the readers of the recipe's files.
Result<train::FinetuneReport> buildSight(
    const SightBuildRequest& request,
    const std::function<void(const train::FinetuneProgress&)>& progress = {}, std::stop_token stop = {});

}  // namespace engine::demo
