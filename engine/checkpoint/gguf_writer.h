#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/gguf_types.h"
#include "engine/checkpoint/tensor_fill.h"

namespace engine {

/// A metadata entry; the C++ type decides the type in the file.
struct GgufEntry {
    using Value = std::variant<bool, std::uint32_t, std::int32_t, std::uint64_t, std::int64_t, float, double,
                               std::string, std::vector<std::uint32_t>, std::vector<std::int32_t>,
                               std::vector<float>, std::vector<std::string>>;
    std::string key;
    Value value;
};

/// A tensor to write. F32, F16, BF16, Q8_0 or Q4_0; rows of blocks are multiples of 32 elements.
struct GgufTensor {
    std::string name;
    DType type = DType::f32;
    std::vector<std::int64_t> shape;  ///< row-major, 1 to 4 extents of at least 1; the file holds it reversed

    /// Bytes in the file; 0 for a tensor that writeGguf() refuses.
    std::int64_t bytes() const;
};

/// What a GGUF file is to hold, but for the tensors' data.
struct GgufContents {
    std::vector<GgufEntry> entries;
    std::vector<GgufTensor> tensors;
    std::uint64_t alignment = kGgufAlignment;  ///< of every tensor; a power of two, 8 bytes to 1 MiB
};

/// Writes GGUF version 3, little-endian, tensors in the given order. Streams: memory is the metadata and one
/// chunk of about 4 MiB that holds whole blocks. The file appears under its name when it is whole; on an
/// error or a stop nothing is left. Errors: invalidInput for names, types, shapes or an alignment that the
/// format or llama.cpp does not allow; io with the system's reason; cancelled.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
Result<void> writeGguf(const std::filesystem::path& path, const GgufContents& contents,
                       const TensorFill& fill, std::stop_token stop = {});

}  // namespace engine
