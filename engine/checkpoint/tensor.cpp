#include "engine/checkpoint/tensor.h"

#include <algorithm>
#include <cstring>

#include "engine/base/float_types.h"
#include "engine/checkpoint/coded_weight.h"

namespace engine {
namespace {

template <class T>
T load(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

float elementAt(DType type, const std::byte* data, std::int64_t index) {
    const std::byte* at = data + static_cast<std::size_t>(index) * itemSize(type);
    switch (type) {
        case DType::f64:
            return static_cast<float>(load<double>(at));
        case DType::f32:
            return load<float>(at);
        case DType::f16:
            return fromF16(load<std::uint16_t>(at));
        case DType::bf16:
            return fromBf16(load<std::uint16_t>(at));
        case DType::i64:
            return static_cast<float>(load<std::int64_t>(at));
        case DType::i32:
            return static_cast<float>(load<std::int32_t>(at));
        case DType::i16:
            return static_cast<float>(load<std::int16_t>(at));
        case DType::i8:
            return static_cast<float>(load<std::int8_t>(at));
        case DType::u8:
        case DType::boolean:
            return static_cast<float>(load<std::uint8_t>(at));
        case DType::q8_0:
        case DType::q4_0:
        case DType::coded:
            break;
    }
    return 0.0F;
}

void dequantizeBlocks(DType type, const std::byte* data, std::int64_t blocks, float* out) {
    const std::size_t blockBytes = type == DType::q8_0 ? 34 : 18;
    for (std::int64_t b = 0; b < blocks; ++b) {
        const std::byte* block = data + static_cast<std::size_t>(b) * blockBytes;
        const float scale = fromF16(load<std::uint16_t>(block));
        for (int i = 0; i < 32; ++i) {
            if (type == DType::q8_0) {
                out[b * 32 + i] = scale * static_cast<float>(load<std::int8_t>(block + 2 + i));
            } else {
                const int byte = std::to_integer<int>(block[2 + i % 16]);
                out[b * 32 + i] = scale * static_cast<float>((i < 16 ? byte & 15 : byte >> 4) - 8);
            }
        }
    }
}

bool isBlocks(DType type) {
    return type == DType::q8_0 || type == DType::q4_0;
}

/// Visits all elements of dimensions `axis`.. in row-major order.
void gather(const Tensor& tensor, std::size_t axis, std::int64_t offset, float*& out) {
    if (axis == tensor.shape.size()) {
        *out++ = elementAt(tensor.type, tensor.data, offset);
        return;
    }
    for (std::int64_t i = 0; i < tensor.shape[axis]; ++i)
        gather(tensor, axis + 1, offset + i * tensor.strides[axis], out);
}

}  // namespace

std::string_view name(DType type) {
    constexpr std::string_view kNames[] = {"f64", "f32", "f16",  "bf16", "i64",  "i32",  "i16",
                                           "i8",  "u8",  "bool", "q8_0", "q4_0", "coded"};
    return kNames[static_cast<std::size_t>(type)];
}

std::size_t itemSize(DType type) {
    constexpr std::size_t kSizes[] = {8, 4, 2, 2, 8, 4, 2, 1, 1, 1, 0, 0, 0};
    return kSizes[static_cast<std::size_t>(type)];
}

std::int64_t Tensor::elements() const {
    std::int64_t count = 1;
    for (const auto extent : shape)
        count *= extent;
    return count;
}

bool Tensor::contiguous() const {
    if (type == DType::coded)
        return false;
    if (isBlocks(type))
        return true;
    std::int64_t expected = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        if (shape[i] != 1 && strides[i] != expected)
            return false;
        expected *= shape[i];
    }
    return true;
}

std::size_t Tensor::bytes() const {
    const auto count = static_cast<std::size_t>(elements());
    if (type == DType::coded)
        return coded->bytes();
    if (type == DType::q8_0)
        return count / 32 * 34;
    return type == DType::q4_0 ? count / 32 * 18 : count * itemSize(type);
}

std::optional<std::vector<std::int64_t>> rowMajorStrides(const std::vector<std::int64_t>& shape) {
    std::vector<std::int64_t> strides(shape.size());
    std::int64_t stride = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        strides[i] = stride;
        if (__builtin_mul_overflow(stride, std::max<std::int64_t>(1, shape[i]), &stride))
            return std::nullopt;
    }
    return strides;
}

std::vector<float> toFloats(const Tensor& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    if (tensor.type == DType::coded) {
        tensor.coded->rows(0, tensor.shape[0], values.data());
        return values;
    }
    if (isBlocks(tensor.type)) {
        dequantizeBlocks(tensor.type, tensor.data, tensor.elements() / 32, values.data());
        return values;
    }
    if (tensor.contiguous()) {
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = elementAt(tensor.type, tensor.data, static_cast<std::int64_t>(i));
        return values;
    }
    float* out = values.data();
    gather(tensor, 0, 0, out);
    return values;
}

void rowsToFloats(const Tensor& tensor, std::int64_t rowBegin, std::int64_t rowEnd, float* out) {
    const std::int64_t cols = tensor.shape[1];
    if (tensor.type == DType::coded) {
        tensor.coded->rows(rowBegin, rowEnd, out);
        return;
    }
    if (isBlocks(tensor.type)) {
        const std::size_t blockBytes = tensor.type == DType::q8_0 ? 34 : 18;
        dequantizeBlocks(tensor.type,
                         tensor.data + static_cast<std::size_t>(rowBegin * (cols / 32)) * blockBytes,
                         (rowEnd - rowBegin) * (cols / 32), out);
        return;
    }
    for (std::int64_t r = rowBegin; r < rowEnd; ++r)
        for (std::int64_t c = 0; c < cols; ++c)
            *out++ = elementAt(tensor.type, tensor.data, r * tensor.strides[0] + c * tensor.strides[1]);
}

}  // namespace engine
