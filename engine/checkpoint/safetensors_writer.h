#pragma once

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/pickle_writer.h"
#include "engine/checkpoint/tensor_fill.h"

namespace engine {

/// Writes tensors as one .safetensors file (f64, f32, f16, bf16, i64, i32, i16, i8, u8, bool; sharedWith is
/// not possible there), `metadata` in its header. Streams: memory is one chunk. The file appears under its
/// name when it is whole; on an error or a stop nothing is left. Errors: io with the system's reason,
/// cancelled.
Result<void> writeSafetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                              const TensorFill& fill, const std::map<std::string, std::string>& metadata = {},
                              std::stop_token stop = {});

}  // namespace engine
