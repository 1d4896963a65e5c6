#pragma once

#include <string>

#include "engine/benchmark/kernel_timings.h"

namespace engine {

/// A kernel benchmark with what it was measured on, so that it can be kept.
struct KernelMeasurement {
    std::string measuredAt;  ///< UTC, as utcNow()
    std::string cpu;         ///< model name
    KernelBenchmark benchmark;
};

/// benchmarkKernels() on this machine, now. Errors: those of benchmarkKernels().
Result<KernelMeasurement> measureKernels(int repetitions, const KernelBenchmarkProgress& progress = {},
                                         std::stop_token stop = {});

/// The object that `anven kernels bench --json` prints, as JSON text.
std::string kernelBenchmarkJson(const KernelBenchmark& benchmark);

/// The same with "measured_at" and "cpu".
std::string kernelMeasurementJson(const KernelMeasurement& measurement);
/// Errors: corrupt for text that is none of kernelMeasurementJson(), or whose rates are not positive
/// numbers.
Result<KernelMeasurement> kernelMeasurementFromJson(const std::string& text);

}  // namespace engine
