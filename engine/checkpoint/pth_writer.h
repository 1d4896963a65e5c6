#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/pickle_writer.h"
#include "engine/checkpoint/tensor_fill.h"

namespace engine {

/// Writes a state dict as torch.save does: a zip of stored entries, each tensor's data aligned to 64 bytes,
/// ZIP64 where sizes ask for it. Streams: memory is one chunk. The file appears under its name when it is
/// whole; on an error or a stop nothing is left. Errors: io with the system's reason, cancelled.
Result<void> writePth(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                      const TensorFill& fill, std::stop_token stop = {});

}  // namespace engine
