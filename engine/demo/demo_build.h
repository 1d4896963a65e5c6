#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

#include "engine/base/result.h"
#include "engine/train/finetune.h"

namespace engine::demo {

struct DemoBuildRequest {
    std::filesystem::path recipe;  ///< folder with grammar.txt, shape.yaml, train.yaml and qat-lora.yaml;
                                   ///< with vision.yaml the model learns to see, too
    std::filesystem::path work;    ///< corpus, start and results; the same request goes on there
    int threads = 0;
    std::int64_t stopAfter = 0;  ///< steps after which this call stops; 0 = to the end
    std::int64_t talks = 0;      ///< in the shape's place; 0 = the shape's (for trying out)
    std::int64_t steps = 0;      ///< of every stage, in the recipes' place; 0 = theirs
    std::shared_ptr<const PauseSwitch> paused;
};

struct DemoBuildReport {
    train::FinetuneReport bf16;
    train::FinetuneReport qatLora;
    std::optional<train::FinetuneReport> sight;
};

/// Makes the embedded model from nothing but its recipe: work/corpus.jsonl, a vocabulary learned from it,
/// random weights in Meta's layout (work/start), then work/bf16 and work/qat-lora by the trainer, and
/// work/seeing and work/seeing-qat-lora as buildSight() makes them. What is there already is taken up.
/// Errors: as finetune() and the readers of the recipe's files.
Result<DemoBuildReport> buildDemo(const DemoBuildRequest& request,
                                  const std::function<void(const train::FinetuneProgress&)>& progress = {},
                                  std::stop_token stop = {});

}  // namespace engine::demo
