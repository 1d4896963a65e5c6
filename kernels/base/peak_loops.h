#pragma once

#include <cstddef>
#include <cstdint>

namespace kernels {

/// A loop that keeps the multipliers busy with operands in registers: what no kernel can exceed. Twelve
/// independent accumulators hide the latency (5 cycles at most, two instructions per cycle).
struct PeakLoop {
    const char* instructions;  ///< "vpdpbusd zmm"
    double operationsPerPass;  ///< a multiply-add counted as two
    void (*run)(std::uint64_t passes) noexcept;
};

/// The loops of the instructions that the kernels use on this CPU; null where it has none.
/// int8: vpdpbusd on 512 bits; on AVX2 vpmaddubsw and vpaddw, the least that a dot product of bytes takes.
const PeakLoop* int8PeakLoop() noexcept;
/// vdpbf16ps on 512 bits.
const PeakLoop* bf16PeakLoop() noexcept;
/// vfmadd on 512 or 256 bits; without them what the compiler makes of a multiplication and an addition.
const PeakLoop* fp32PeakLoop() noexcept;

/// Reads `bytes` bytes from `data` (8-byte aligned) front to back with the widest loads, as a kernel streams
/// weights; a rest of less than 512 bytes is left out. Returns a number that depends on all of them.
std::uint64_t readLinearly(const void* data, std::size_t bytes) noexcept;

}  // namespace kernels
