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

/// Writes a .safetensors file: the tensors in the given order (sharedWith is not possible here), the header
/// padded so that the data begins at a multiple of 64. Streams: memory is one chunk. The file appears under
/// its name when it is whole and on the disk; on an error or a stop nothing is left. Errors: invalidInput for
/// types that the format does not have; io with the system's reason; cancelled.
Result<void> writeSafetensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                              const std::map<std::string, std::string>& metadata, const TensorFill& fill,
                              std::stop_token stop = {});

}  // namespace engine
