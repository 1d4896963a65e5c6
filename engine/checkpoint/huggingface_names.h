#pragma once

#include "engine/checkpoint/pth_reader.h"
#include "engine/model/model_config.h"

namespace engine {

/// Hugging Face's tensors under Meta's names (checkpoint.h); those that are not used (rotary tables) are left
/// out. Of an mllama model, cross-attention layers are counted apart from the others, the rows behind the
/// vocabulary become learnable_embedding.weight, and patches become rows.
TensorMap underMetaNames(TensorMap tensors, const ModelConfig& config);

}  // namespace engine
