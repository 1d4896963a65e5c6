#pragma once

#include <filesystem>

#include "engine/base/result.h"
#include "engine/train/trainable_model.h"

namespace engine::train {

struct WrittenModel {
    std::filesystem::path path;
    std::string variant;  ///< "BF16", "BF16+LoRA", "QAT+LoRA", "INT4"
    std::int64_t bytes = 0;
};

/// Writes what was trained as a checkpoint that the engine opens, with the source's tokenizer beside it:
///   the family's scheme     Meta's official layout: int8 tensors of 4-bit values with scales, adapters apart
///   a source in Meta's layout   the same layout in BF16, adapters apart
///   a Hugging Face source    its layout in BF16, adapters added into the weights
/// Adapters are also written as Hugging Face's PEFT reads them, in the folder `adapter`.
/// Errors: unsupported for a GGUF source and for biases in the family's scheme; io.
Result<WrittenModel> writeModel(const TrainableModel& model, const std::filesystem::path& folder);

}  // namespace engine::train
