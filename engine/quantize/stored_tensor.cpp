#include "engine/quantize/stored_tensor.h"

#include <algorithm>
#include <cstring>

#include "engine/base/float_types.h"
#include "engine/checkpoint/coded_weight.h"
#include "kernels/matmul_int4/matmul_int4.h"

namespace engine {
namespace {

StoredTensor empty(const std::string& name, DType type, std::vector<std::int64_t> shape) {
    StoredTensor stored{{name, type, std::move(shape), {}}, {}};
    stored.bytes.resize(static_cast<std::size_t>(stored.tensor.bytes()));
    return stored;
}

/// One signed byte per code.
StoredTensor storeBytes(const std::string& name, const GroupCodes& codes, int half) {
    auto stored = empty(name, DType::i8, {codes.rows, codes.cols});
    std::transform(codes.codes.begin(), codes.codes.end(), stored.bytes.begin(), [half](std::uint8_t code) {
        return static_cast<std::byte>(static_cast<std::int8_t>(code - half));
    });
    return stored;
}

StoredTensor storePacked(const std::string& name, const GroupCodes& codes, int bits) {
    const auto rowBytes = packedRowBytes(codes.cols, bits);
    auto stored = empty(name, DType::u8, {codes.rows, rowBytes});
    std::vector<std::uint16_t> row(static_cast<std::size_t>(codes.cols));
    for (std::int64_t r = 0; r < codes.rows; ++r) {
        std::copy_n(codes.codes.begin() + r * codes.cols, codes.cols, row.begin());
        packCodes(row, bits, stored.bytes.data() + r * rowBytes);
    }
    return stored;
}

/// GGML's blocks of 32 as bytes, [rows, bytes of a row]: the f16 scale, then 32 signed bytes (Q8_0), or the
/// low halves of 16 bytes and then their high ones (Q4_0: code - 8).
StoredTensor storeBlocks(const std::string& name, const GroupCodes& codes, int bits) {
    constexpr std::int64_t kBlock = 32;
    const std::int64_t blockBytes = bits == 8 ? 34 : 18;
    auto stored = empty(name, DType::u8, {codes.rows, codes.cols / kBlock * blockBytes});
    auto* out = stored.bytes.data();
    for (std::size_t block = 0; block < codes.grids.size(); ++block, out += blockBytes) {
        const auto scale = toF16(codes.grids[block].scale);
        std::memcpy(out, &scale, sizeof scale);
        const auto* from = codes.codes.data() + block * kBlock;
        if (bits == 8)
            for (std::int64_t i = 0; i < kBlock; ++i)
                out[2 + i] = static_cast<std::byte>(static_cast<std::int8_t>(from[i] - 128));
        else
            for (std::int64_t i = 0; i < kBlock / 2; ++i)
                out[2 + i] = static_cast<std::byte>(from[i] | from[i + kBlock / 2] << 4);
    }
    return stored;
}

}  // namespace

StoredTensor storeFloats(const std::string& name, std::span<const float> values,
                         std::vector<std::int64_t> shape, DType type) {
    auto stored = empty(name, type, std::move(shape));
    if (type == DType::f32) {
        std::memcpy(stored.bytes.data(), values.data(), values.size_bytes());
        return stored;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto half = type == DType::f16 ? toF16(values[i]) : toBf16(values[i]);
        std::memcpy(stored.bytes.data() + 2 * i, &half, sizeof half);
    }
    return stored;
}

std::vector<StoredTensor> storeCodes(const std::string& name, const GroupCodes& codes,
                                     const WeightScheme& scheme, VariantLayout layout) {
    if (layout == VariantLayout::gguf)
        return {storeBlocks(name + ".weight", codes, scheme.bits)};
    std::vector<float> scales(codes.grids.size());
    std::transform(codes.grids.begin(), codes.grids.end(), scales.begin(),
                   [](const GroupGrid& grid) { return grid.scale; });
    const std::vector<std::int64_t> shape{codes.rows, codes.groups()};
    const bool channel = scheme.kind == WeightScheme::Kind::int8Channel;
    if (channel || layout == VariantLayout::meta)
        return {storeBytes(name + ".weight", codes, channel ? 128 : 8),
                storeFloats(name + ".scales", scales, shape, DType::f32)};
    const bool halves = std::all_of(scales.begin(), scales.end(), [](float scale) {
        return kernels::matmul_int4::fitsF16(scale) && fromF16(toF16(scale)) == scale;
    });
    std::vector<StoredTensor> stored;
    stored.push_back(storePacked(name + ".weight", codes, scheme.bits));
    stored.push_back(storeFloats(name + ".scales", scales, shape, halves ? DType::f16 : DType::f32));
    if (!scheme.symmetric) {
        stored.push_back(empty(name + ".zeros", DType::u8, shape));
        std::transform(codes.grids.begin(), codes.grids.end(), stored.back().bytes.begin(),
                       [](const GroupGrid& grid) { return static_cast<std::byte>(grid.zero); });
    }
    return stored;
}

Result<std::vector<float>> decodedWeight(const TensorMap& tensors, const std::string& name,
                                         const WeightScheme& scheme, const std::vector<std::int64_t>& shape,
                                         VariantLayout layout) {
    const auto at = tensors.find(name + ".weight");
    if (at == tensors.end())
        return Error{ErrorCode::notFound, "tensor " + name + ".weight is missing"};
    if (scheme.floating())
        return toFloats(at->second);
    if (layout == VariantLayout::gguf)
        return toFloats({scheme.bits == 8 ? DType::q8_0 : DType::q4_0, shape, {}, at->second.data});
    if (at->second.type == DType::u8) {
        const auto coded = CodedWeight::create(tensors, name, scheme, shape[0], shape[1]);
        if (!coded)
            return coded.error();
        std::vector<float> values(static_cast<std::size_t>(shape[0] * shape[1]));
        (*coded)->rows(0, shape[0], values.data());
        return values;
    }
    const auto scales = tensors.find(name + ".scales");
    if (scales == tensors.end())
        return Error{ErrorCode::notFound, "tensor " + name + ".scales is missing"};
    auto values = toFloats(at->second);
    const auto factors = toFloats(scales->second);
    const auto groups = static_cast<std::int64_t>(factors.size()) / shape[0];
    const auto size = scheme.kind == WeightScheme::Kind::groups ? scheme.groupSize : shape[1];
    for (std::int64_t row = 0; row < shape[0]; ++row)
        for (std::int64_t c = 0; c < shape[1]; ++c)
            values[static_cast<std::size_t>(row * shape[1] + c)] *=
                factors[static_cast<std::size_t>(row * groups + c / size)];
    return values;
}

}  // namespace engine
