#pragma once

#include "engine/checkpoint/tensor.h"
#include "engine/train/fake_quantize.h"
#include "engine/train/matrix_product.h"

namespace engine::train {

/// A weight that is not trained, as it lies in a checkpoint's mapping: rows are widened when they are read.
/// The tensor's checkpoint has to live as long.
MatrixView<float> viewOf(const Tensor& tensor);

/// The same of integers with scales, which have to outlive the view.
MatrixView<float> viewOf(const QuantizedWeight& weight);

/// Integers [rows, cols] with scales [rows, groups] from a checkpoint's two tensors.
QuantizedWeight quantizedFrom(const Tensor& values, const Tensor& scales, std::int64_t groupSize);

}  // namespace engine::train
