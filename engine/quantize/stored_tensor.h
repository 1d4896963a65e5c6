#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/checkpoint/pickle_writer.h"
#include "engine/checkpoint/pth_reader.h"
#include "engine/quantize/group_rounding.h"
#include "engine/quantize/policy.h"

namespace engine {

/// A tensor of the variant as its file will hold it, by Meta's name.
struct StoredTensor {
    NamedTensor tensor;
    std::vector<std::byte> bytes;
};

/// Floating-point numbers as bf16, f16 or f32.
StoredTensor storeFloats(const std::string& name, std::span<const float> values,
                         std::vector<std::int64_t> shape, DType type);

/// `name`.weight and what belongs to it, of codes in 4-bit groups (Meta's layout), groups or an int8
/// channel; for GGUF symmetric groups of 32 in 4 or 8 bits, as the bytes of its blocks.
std::vector<StoredTensor> storeCodes(const std::string& name, const GroupCodes& codes,
                                     const WeightScheme& scheme, VariantLayout layout);

/// What storeCodes() or storeFloats() made of a weight of `shape` ([rows, cols]), as numbers. Errors:
/// notFound, corrupt.
Result<std::vector<float>> decodedWeight(const TensorMap& tensors, const std::string& name,
                                         const WeightScheme& scheme, const std::vector<std::int64_t>& shape,
                                         VariantLayout layout);

}  // namespace engine
