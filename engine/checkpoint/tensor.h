#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

class CodedWeight;

/// How elements lie in a file. q8_0 and q4_0 are GGUF blocks of 32 elements; coded is a scheme of this
/// program's own (coded_weight.h).
enum class DType : std::uint8_t { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean, q8_0, q4_0, coded };

std::string_view name(DType type);

/// Bytes of one element; 0 for block types and codes.
std::size_t itemSize(DType type);

/// A tensor inside a mapped file: bounds were checked when the file was opened, so every element that shape
/// and strides reach lies inside `data`. Valid as long as the Checkpoint that owns the mapping.
struct Tensor {
    DType type = DType::f32;
    std::vector<std::int64_t> shape;  // row-major, rank 0..8
    std::vector<std::int64_t>
        strides;  // in elements, empty for block types (always contiguous) and codes (never)
    const std::byte* data = nullptr;           // first element; no alignment is promised
    std::shared_ptr<const CodedWeight> coded = {};  // of type coded

    std::int64_t elements() const;
    bool contiguous() const;
    std::size_t bytes() const;  // of the elements if they lay contiguous
    bool operator==(const Tensor&) const = default;
};

/// Row-major strides, or nothing where the extents' product, with 1 for every 0, exceeds 64 bits: no later
/// product of some of them can overflow then. Extents are not negative.
std::optional<std::vector<std::int64_t>> rowMajorStrides(const std::vector<std::int64_t>& shape);

/// All elements as f32 in row-major order, whatever type and strides (int8 as numbers, blocks and codes
/// dequantized).
std::vector<float> toFloats(const Tensor& tensor);

/// Rows [rowBegin, rowEnd) of a rank-2 tensor as f32, row-major, written to `out` [(rowEnd - rowBegin),
/// cols].
void rowsToFloats(const Tensor& tensor, std::int64_t rowBegin, std::int64_t rowEnd, float* out);

}  // namespace engine
