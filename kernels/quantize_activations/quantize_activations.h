#pragma once

#include <cstdint>
#include <span>

#include "kernels/base/variant.h"
#include "kernels/quantize_activations/quantized_rows.h"

/// Per-token asymmetric quantization to b = out.bits (8: -128 .. 127), per row x, everything in f32:
///   lo = min(0, min x), hi = max(0, max x), s = max((hi - lo) / (2^b - 1), scaleFloor)
///   least = -2^(b-1), most = 2^(b-1) - 1                                  rne: half to even
///   zp = clamp(least - rne(lo / s), least, most), q = clamp(rne(x * (1/s)) + zp, least, most)
/// Padding columns of q are 0; groupSums as in QuantizedRows. Rows may be split over threads: rows [rowBegin,
/// rowEnd). Every variant gives the same integers and scales, bit for bit. Inputs must be finite; a NaN gives
/// unspecified values. Source: torchao `choose_qparams_affine` / `quantize_affine` (per token, asymmetric).
namespace kernels::quantize_activations {

/// torchao's floor for int4 linears (f32 epsilon) and for callers that pass none (ExecuTorch's int8 output
/// head).
inline constexpr float kLinearScaleFloor = 0x1p-23F;
inline constexpr float kOutputScaleFloor = 0x1p-126F;

/// x: [tokens, cols] f32, row stride ldx.
using Fn = void (*)(const float* x, std::int64_t ldx, float scaleFloor, std::int64_t rowBegin,
                    std::int64_t rowEnd, const QuantizedRows& out) noexcept;

/// All variants, preferred first, reference last.
std::span<const Variant<Fn>* const> variants() noexcept;

}  // namespace kernels::quantize_activations
