#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/tensor.h"

namespace engine {

/// A tensor as a pickle describes it; offsets and strides in elements of a storage that is not read here.
struct PickledTensor {
    std::string storage;  // key of the archive entry data/<key>
    DType type = DType::f32;
    std::int64_t storageElements = 0;
    std::int64_t offset = 0;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;
};

/// Interprets a torch state dict's pickle without executing anything: an allow-list of opcodes and names,
/// each mapped to a fixed action that can only build dicts, lists, numbers, texts and tensor descriptions.
/// The top object is a dict of tensors or a dict whose single entry `model` is one. Errors: corrupt,
/// unsupported; each names the offset.
Result<std::vector<std::pair<std::string, PickledTensor>>> readPickle(std::span<const std::byte> pickle);

}  // namespace engine
