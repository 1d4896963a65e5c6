#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/pickle_writer.h"

namespace engine {

/// Fills `bytes`, which begin `offset` bytes into the data of tensor `index`. Called in order, once per byte.
using TensorFill = std::function<void(std::size_t index, std::size_t offset, std::span<std::byte> bytes)>;

/// Writes a state dict as torch.save does: a zip of stored entries, each tensor's data aligned to 64 bytes,
/// ZIP64 where sizes ask for it. Streams: memory is one chunk. The file appears under its name when it is
/// whole; on an error or a stop nothing is left. Errors: io with the system's reason, cancelled.
Result<void> writePth(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                      const TensorFill& fill, std::stop_token stop = {});

}  // namespace engine
