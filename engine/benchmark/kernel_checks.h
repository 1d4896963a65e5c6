#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/system/roofline.h"

namespace engine {

/// One variant of one op against the reference on one shape.
struct KernelCheck {
    std::string op;
    std::string shape;
    std::string variant;
    double maxError = 0.0;    ///< largest |output - reference|
    double worstShare = 0.0;  ///< largest error divided by what the contract allows there; ok while <= 1
    bool ok = false;
    std::string skipped;  ///< why it was not run on this CPU; empty when it was
};
/// `op`: that op alone; empty: every op. Errors: cancelled.
Result<std::vector<KernelCheck>> verifyKernels(std::stop_token stop = {}, std::string_view op = {});

/// Speed of one variant on one shape of a 1B model, one thread.
struct KernelTiming {
    std::string op;
    std::string shape;
    std::string variant;
    double milliseconds = 0.0;              ///< median of the repetitions
    double gops = 0.0;                      ///< 10^9 operations per second
    double gbps = 0.0;                      ///< 10^9 bytes that have to come from memory, per second
    double percentOfPeak = 0.0;             ///< of the roofline: memory or arithmetic, whichever binds
    std::optional<double> percentOfMemory;  ///< absent where the data stay in the caches
    double percentOfArithmetic = 0.0;       ///< of the peak of the type that the op computes in
};
struct KernelBenchmark {
    Roofline roofline;  ///< measured in the same run, with one thread
    std::vector<KernelTiming> timings;
};
/// Variants of a shape run interleaved; medians. `progress` gets the shape that begins. Errors: cancelled,
/// the roofline's.
Result<KernelBenchmark> benchmarkKernels(int repetitions,
                                         const std::function<void(const std::string&)>& progress = {},
                                         std::stop_token stop = {});

/// Every op's variants with what they need and whether they run here.
struct KernelListing {
    std::string op;
    std::string variant;
    bool available = false;
    std::string reason;  ///< why not; empty when available
    std::vector<std::string> features;
    bool roundsActivations = false;
    bool ownThreads = false;
};
std::vector<KernelListing> listKernels();

}  // namespace engine
