#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/train/adamw.h"
#include "engine/train/trainable_model.h"

namespace engine::train {

enum class FinetuneMethod {
    full,           ///< all weights
    lora,           ///< adapters over frozen weights
    qlora,          ///< adapters over weights that are rounded to 4 bit
    qat,            ///< all weights, through the family's fake quantization
    qatLora,        ///< adapters over a frozen backbone in the family's scheme
    dpo,            ///< preferences, over what `train` names
    visionAdapter,  ///< image encoder and cross-attention on pictures, over a frozen text model
    rlvr,           ///< answers of its own to tasks with verifiable ones, over what `train` names
};
/// "full", "lora", "qlora", "qat", "qat-lora", "dpo", "vision-adapter", "rlvr"
std::string_view name(FinetuneMethod method);

/// One round of training.
struct FinetuneStage {
    FinetuneMethod method = FinetuneMethod::full;
    std::int64_t sequence = 256;  ///< tokens per row
    std::int64_t batch = 8;       ///< rows per pass over the threads
    std::int64_t accumulate = 1;  ///< passes per step
    std::int64_t steps = 0;       ///< 0 = as many as `epochs` takes
    double epochs = 1.0;
    double learningRate = 1e-4;
    double finalRate = 0.1;  ///< of learningRate, at the end of the cosine
    std::int64_t warmup = 0;
    double clip = 1.0;  ///< norm of the gradient; 0 = unlimited
    AdamWSettings adamw;
    std::int64_t rank = 16;
    double scale = 2.0;
    bool bf16 = true;
    double distill = 0.0;  ///< share of KL(teacher || model) in the loss; the teacher is the model before
    double beta = 0.1;     ///< of DPO; of rlvr the weight of KL(model || model before the stage)
    bool trainBackbone = true;       ///< dpo, rlvr: the backbone too, not the adapters alone
    std::int64_t group = 8;          ///< of rlvr: answers to one task
    std::int64_t answerTokens = 64;  ///< of rlvr, at most
    double temperature = 1.0;        ///< of rlvr
    bool checkpointBlocks = false;
    bool operator==(const FinetuneStage&) const = default;

    /// What of a model it trains. dpo and rlvr go on with what the stage before it trained, in its
    /// arithmetic.
    TrainableOptions trainable(std::uint64_t seed, const TrainableOptions* before) const;
};

/// How to fine-tune, from profiles/finetune/<id>.yaml.
struct FinetuneRecipe {
    std::string id;
    std::string name;
    std::string description;
    std::uint64_t seed = 42;
    double validation = 0.05;         ///< share of the examples that is held out
    std::int64_t validateEvery = 50;  ///< steps
    std::int64_t saveEvery = 50;      ///< steps
    std::vector<FinetuneStage> stages;
};

/// Errors: as readYaml and FieldReader, with file, line and column.
Result<FinetuneRecipe> parseFinetuneRecipe(std::string_view text, const std::filesystem::path& file);

/// The recipe in a .yaml file, or one that ships by its id. Errors: notFound, naming those that there are.
Result<FinetuneRecipe> finetuneRecipe(const std::string& word);

/// Those that ship, by id.
Result<std::vector<FinetuneRecipe>> finetuneRecipes();

/// JSON of everything that decides the result, keys sorted.
std::string canonicalText(const FinetuneRecipe& recipe);

}  // namespace engine::train
