#pragma once

#include <cstdint>
#include <optional>

#include "engine/benchmark/kernel_trial.h"
#include "engine/system/roofline.h"

namespace engine {

/// How near an execution of a trial came to what the machine was measured to allow, in percent.
struct ShareOfPeak {
    double arithmetic = 0.0;       ///< of the peak of the type that the op computes in
    std::optional<double> memory;  ///< of the read bandwidth; absent where the data stay in the caches

    /// Of the limit that binds.
    double binding() const { return memory && *memory > arithmetic ? *memory : arithmetic; }
};

/// `seconds` is the time of one execution by as many threads as the roofline was measured with, `cacheBytes`
/// the size of the last-level cache.
ShareOfPeak shareOfPeak(const KernelTrial& trial, double seconds, const Roofline& roofline,
                        std::int64_t cacheBytes);

/// All caches of the last level together, in bytes; 0 where the system does not tell.
std::int64_t lastLevelCacheBytes();

}  // namespace engine
