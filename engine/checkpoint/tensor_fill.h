#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace engine {

/// Fills `bytes`, which begin `offset` bytes into the data of tensor `index`. Called in order, once per byte.
using TensorFill = std::function<void(std::size_t index, std::size_t offset, std::span<std::byte> bytes)>;

}  // namespace engine
