#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/checkpoint/tensor.h"

namespace engine {

/// A tensor as a state dict names it: contiguous, in a storage of its own or in that of an earlier tensor
/// (tied weights).
struct NamedTensor {
    std::string name;
    DType type = DType::f32;
    std::vector<std::int64_t> shape;
    std::optional<std::size_t> sharedWith;  ///< index of the tensor whose storage this is

    std::int64_t elements() const;
    std::int64_t bytes() const { return elements() * static_cast<std::int64_t>(itemSize(type)); }
};

/// The `data.pkl` (protocol 2) of a state dict whose tensor i lies in the storage with key "i", as torch.save
/// writes it. Types: those that torch has a storage for, which are all of DType but the block types.
std::string pickleStateDict(const std::vector<NamedTensor>& tensors);

}  // namespace engine
