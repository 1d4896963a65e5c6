#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"

namespace engine {

/// Holds a checkpoint's tensors against the shapes that its configuration promises. Dims of 1 are squeezed
/// out where the shape then fits. Errors: notFound, corrupt, unsupported, each naming the tensor.
class TensorChecker {
public:
    explicit TensorChecker(Checkpoint& checkpoint) : checkpoint_(checkpoint) {}

    Result<void> expect(const std::string& name, const std::vector<std::int64_t>& shape);
    /// A weight [out, in] with its scales, zeros, adapter and bias, as far as they are there.
    Result<void> linear(const std::string& prefix, std::int64_t out, std::int64_t in);
    /// A weight [out, in] of the image encoder or of cross-attention, in floating point or in 8-bit rows with
    /// scales, with its bias where there is one.
    Result<void> floatLinear(const std::string& prefix, std::int64_t out, std::int64_t in);

private:
    Result<void> adapter(const std::string& prefix, std::int64_t out, std::int64_t in);
    Result<void> scales(const std::string& prefix, std::int64_t out, std::int64_t in);

    Checkpoint& checkpoint_;
};

}  // namespace engine
