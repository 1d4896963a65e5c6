#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/thread_team.h"

namespace engine {

/// How activations and quantized weights meet.
enum class QuantizedArithmetic {
    dynamicInt8,  ///< the schemes' own: 8-bit per-token activations
    weightOnly,   ///< weights dequantized to f32 at load, activations in floating point
};

/// A weight matrix [rows, cols] in the layout that the plan's kernel variant wants. Packed once, straight
/// from the mapping.
struct PackedMatrix {
    enum class Scheme { dense, int4, int8 };

    Scheme scheme = Scheme::dense;
    kernels::matmul_dense::WeightType denseType = kernels::matmul_dense::WeightType::bf16;
    kernels::matmul_int4::ScaleType int4Scales = kernels::matmul_int4::ScaleType::f32;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::size_t tileBytes = 0;
    AlignedBuffer packed;               // [tiles, tileBytes]
    std::vector<float> scales;          // int8: [roundUp(rows, 16)]
    std::vector<std::int32_t> rowSums;  // int8: [roundUp(rows, 16)]

    std::int64_t tiles() const { return kernels::tilesOf(rows); }
    bool quantized() const { return scheme != Scheme::dense; }
    std::int64_t bytes() const;

    kernels::matmul_dense::Weights dense() const { return {packed.data(), denseType, rows, cols}; }
    kernels::matmul_int4::Weights int4() const { return {packed.data(), int4Scales, rows, cols}; }
    kernels::matmul_int8::Weights int8() const {
        return {packed.data(), scales.data(), rowSums.data(), rows, cols};
    }
};

/// What decides how a tensor is packed.
struct PackOptions {
    QuantizedArithmetic quantized = QuantizedArithmetic::dynamicInt8;
    /// No rounding beyond the file's own: GGUF blocks become f32, int4 scales stay f32 (else they are rounded
    /// to f16 where its range holds them).
    bool exact = false;
};

/// Bytes that pack() of the tensor `name` will allocate, for the check before loading.
Result<std::int64_t> packedBytes(const Checkpoint& checkpoint, const std::string& name,
                                 const KernelPlan& plan, const PackOptions& options);

/// Packs the weight `name` with its `.scales`. Pages of the file are dropped again as they are consumed.
/// Errors: notFound, corrupt (int4 value out of range, with tensor and row), outOfMemory, unsupported.
Result<PackedMatrix> pack(const Checkpoint& checkpoint, const std::string& name, const KernelPlan& plan,
                          const PackOptions& options, ThreadTeam& team);

/// What pack() returns but for the contents, which are zero, with int4 scales of the given type: to be filled
/// from a copy that was packed before. Errors: notFound, corrupt, outOfMemory.
Result<PackedMatrix> packedLike(const Checkpoint& checkpoint, const std::string& name, const KernelPlan& plan,
                                const PackOptions& options, kernels::matmul_int4::ScaleType int4Scales);

}  // namespace engine
