#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/pth_reader.h"
#include "engine/checkpoint/weight_scheme.h"

namespace engine {

/// A weight [rows, cols] that is stored in codes of this program's own schemes, in a safetensors file:
///
/// - PREFIX.weight U8 [rows, ceil(cols * bits / 8)]: each row a little-endian stream of codes;
/// - PREFIX.scales F16 or F32 [rows, groups];
/// - PREFIX.zeros U8 [rows, groups], for the uint schemes alone.
///
/// Immutable; views the mapping that the tensors lie in.
class CodedWeight {
public:
    virtual ~CodedWeight() = default;
    /// Rows [begin, end) as f32, [end - begin, cols]. May be called from several threads.
    virtual void rows(std::int64_t begin, std::int64_t end, float* out) const = 0;
    /// Symmetric groups of 2 to 4 bits: whole numbers -8..7 of rows [begin, end) and their scales
    /// [end - begin, groups]. False for other schemes.
    virtual bool integers(std::int64_t begin, std::int64_t end, std::int8_t* values, float* scales) const;

    /// Whether every scale of integers() is one that the file holds in normal 16-bit floats.
    virtual bool scalesInF16() const { return false; }

    const WeightScheme& scheme() const { return scheme_; }
    std::size_t bytes() const { return bytes_; }

    /// The weight of `prefix` [rows, cols] from the tensors of a file, whose types and shapes are checked.
    /// Errors: notFound, corrupt, naming the tensor.
    static Result<std::shared_ptr<const CodedWeight>> create(const TensorMap& tensors,
                                                             const std::string& prefix,
                                                             const WeightScheme& scheme, std::int64_t rows,
                                                             std::int64_t cols);

protected:
    CodedWeight(const WeightScheme& scheme, std::int64_t rows, std::int64_t cols)
        : scheme_(scheme), rows_(rows), cols_(cols) {}

    WeightScheme scheme_;
    std::int64_t rows_;
    std::int64_t cols_;
    std::size_t bytes_ = 0;
};

/// Names, without their dot, of the tensors that a coded weight consists of beside `weight`.
inline constexpr const char* kCodedParts[] = {"scales", "zeros"};

/// Whether weights of this scheme are stored in codes (not floating and not int8_channel).
bool isCoded(const WeightScheme& scheme);

/// What CodedWeight::create() wants: the tensors of PREFIX that are there, fetched and checked one by one.
class CodedParts {
public:
    CodedParts(const TensorMap& tensors, std::string prefix)
        : tensors_(tensors), prefix_(std::move(prefix)) {}
    /// PREFIX.part, contiguous, of one of the types and this shape. Errors: notFound, corrupt.
    Result<const Tensor*> get(const std::string& part, std::initializer_list<DType> types,
                              const std::vector<std::int64_t>& shape);
    std::size_t bytes() const { return bytes_; }  ///< of all that were fetched

private:
    const TensorMap& tensors_;
    std::string prefix_;
    std::size_t bytes_ = 0;
};

/// Codes of `bits` (1..16) of one row, least significant bit first.
void packCodes(std::span<const std::uint16_t> codes, int bits, std::byte* out);
void unpackCodes(const std::byte* row, std::size_t rowBytes, int bits, std::span<std::uint16_t> codes);
constexpr std::int64_t packedRowBytes(std::int64_t count, int bits) {
    return (count * bits + 7) / 8;
}

Result<std::shared_ptr<const CodedWeight>> openGroupWeight(CodedParts& parts, const WeightScheme& scheme,
                                                           std::int64_t rows, std::int64_t cols);

}  // namespace engine
