#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/checkpoint/tensor.h"

namespace engine {

/// GGML's tensor types: elements and bytes of a block; `usable` where this program computes with them.
struct GgufTensorType {
    std::uint32_t id;
    const char* name;
    std::uint64_t elements;
    std::uint64_t bytes;
    std::optional<DType> usable;
};
std::span<const GgufTensorType> ggufTensorTypes();

/// Types of metadata values, by the numbers that stand in the file.
enum class GgufValueType : std::uint32_t {
    u8,
    i8,
    u16,
    i16,
    u32,
    i32,
    f32,
    boolean,
    string,
    array,
    u64,
    i64,
    f64
};

/// Where tensor data begins unless general.alignment says otherwise, in bytes.
constexpr std::uint64_t kGgufAlignment = 32;
constexpr std::uint64_t kMaxGgufAlignment = 1 << 20;

}  // namespace engine
