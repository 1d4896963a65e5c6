#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/system/roofline.h"

namespace engine {

/// Speed of one variant on one shape of a 1B model, one thread.
struct KernelTiming {
    std::string op;
    std::string shape;
    std::string variant;
    std::string
        arithmetic;      ///< whose peak bounds it: int8 or bf16 where this CPU computes in them, else fp32
    bool inUse = false;  ///< the variant that "auto" chooses
    double milliseconds = 0.0;              ///< median of the repetitions
    double gops = 0.0;                      ///< 10^9 operations per second
    double gbps = 0.0;                      ///< 10^9 bytes that have to come from memory, per second
    double percentOfPeak = 0.0;             ///< of the roofline: memory or arithmetic, whichever binds
    std::optional<double> percentOfMemory;  ///< absent where the data stay in the caches
    double percentOfArithmetic = 0.0;       ///< of the peak of the type that the op computes in

    double opsPerByte() const { return gops / gbps; }
    bool boundByMemory() const { return percentOfMemory && *percentOfMemory > percentOfArithmetic; }
};
struct KernelBenchmark {
    Roofline roofline;  ///< measured in the same run, with one thread
    std::vector<KernelTiming> timings;
};
/// Called with the shape that begins, how many were measured before it, and how many there are.
using KernelBenchmarkProgress =
    std::function<void(const std::string& shape, std::size_t done, std::size_t total)>;
/// Variants of a shape run interleaved; medians. Errors: cancelled, the roofline's.
Result<KernelBenchmark> benchmarkKernels(int repetitions, const KernelBenchmarkProgress& progress = {},
                                         std::stop_token stop = {});

}  // namespace engine
