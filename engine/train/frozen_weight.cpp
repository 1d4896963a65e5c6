#include "engine/train/frozen_weight.h"

#include <cstring>

#include "engine/base/float_types.h"

namespace engine::train {
namespace {

/// rowsToFloats() for the usual case without a decision per element.
void widenBf16(const std::byte* from, std::int64_t n, float* out) {
    for (std::int64_t i = 0; i < n; ++i) {
        std::uint16_t value;
        std::memcpy(&value, from + i * 2, sizeof value);
        out[i] = fromBf16(value);
    }
}

}  // namespace

MatrixView<float> viewOf(const Tensor& tensor) {
    MatrixView<float> view{nullptr, {}, tensor.shape[0], tensor.shape[1]};
    if (tensor.type == DType::bf16 && tensor.contiguous())
        view.reader = [data = tensor.data, cols = view.cols](std::int64_t begin, std::int64_t end,
                                                             float* out) {
            widenBf16(data + begin * cols * 2, (end - begin) * cols, out);
        };
    else
        view.reader = [tensor](std::int64_t begin, std::int64_t end, float* out) {
            rowsToFloats(tensor, begin, end, out);
        };
    return view;
}

MatrixView<float> viewOf(const QuantizedWeight& weight) {
    return {
        nullptr,
        [&weight](std::int64_t begin, std::int64_t end, float* out) { weight.dequantize(begin, end, out); },
        weight.rows, weight.cols};
}

QuantizedWeight quantizedFrom(const Tensor& values, const Tensor& scales, std::int64_t groupSize) {
    QuantizedWeight weight;
    weight.rows = values.shape[0];
    weight.cols = values.shape[1];
    weight.groupSize = groupSize > 0 ? groupSize : weight.cols;
    for (const float value : toFloats(values))
        weight.values.push_back(static_cast<std::int8_t>(value));
    weight.scales = toFloats(scales);
    return weight;
}

}  // namespace engine::train
