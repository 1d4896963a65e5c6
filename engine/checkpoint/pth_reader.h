#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"
#include "engine/checkpoint/tensor.h"

namespace engine {

using TensorMap = std::map<std::string, Tensor, std::less<>>;

/// The tensors of a torch `.pth` zip archive as views into its mapping. Errors: corrupt, unsupported, with
/// file and tensor.
Result<TensorMap> readPth(const MappedFile& file);

}  // namespace engine
