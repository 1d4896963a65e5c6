#pragma once

#include <filesystem>
#include <memory>

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"

namespace engine {

/// A LoRA adapter in Hugging Face PEFT's layout (a folder with adapter_config.json and
/// adapter_model.safetensors) over a model of any scheme, whose own weights stay as they are: linears of
/// decoder blocks have `.adaptor.A.weight` and `.adaptor.B.weight` in f32, rows of q and k in the model's
/// order. The scale is multiplied into B; ranks are filled up with zeros to the largest; adapters that the
/// model has already are kept beside it. config.lora is the sum of ranks with scale 1.
///
/// Scale (Hu et al. 2021, arXiv:2106.09685): alpha / r, with use_rslora alpha / sqrt(r) (Kalajdzievski 2023,
/// arXiv:2312.03732). alpha_pattern may name another alpha for some modules; a module's rank is that of its
/// tensors. fan_in_fan_out is for layers stored [in, out], which no model here has; PEFT passes over it then.
///
/// Errors, one line with file and key or tensor: notFound, corrupt; unsupported for other methods (DoRA, …),
/// modules (embedding, head, cross-attention, image encoder) and for models with rotated weights, which are
/// of another basis than the adapter.
Result<std::shared_ptr<const Checkpoint>> withLoraAdapter(std::shared_ptr<const Checkpoint> model,
                                                          const std::filesystem::path& folder);

}  // namespace engine
