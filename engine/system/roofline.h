#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/base/result.h"

namespace engine {

/// What limits any kernel on this machine, measured now with a number of threads. Williams, Waterman,
/// Patterson 2009, "Roofline: an insightful visual performance model".
struct Roofline {
    /// A measured rate of arithmetic with operands in registers.
    struct Peak {
        std::string instructions;  ///< "vpdpbusd zmm"
        double gops = 0.0;  ///< 10^9 operations per second of all threads, a multiply-add counted as two
    };
    int threads = 0;
    double readGbPerS = 0.0;     ///< 10^9 bytes per second read linearly from memory: median of the passes
    double readGbPerSMin = 0.0;  ///< slowest and fastest pass: how quiet the machine was
    double readGbPerSMax = 0.0;
    std::optional<Peak> int8;  ///< absent where the kernels have no instruction for it on this CPU
    std::optional<Peak> bf16;
    Peak fp32;
    std::optional<double> barrierUs;  ///< one crossing of the thread team's barrier; absent for one thread

    double int8Gops() const { return int8 ? int8->gops : fp32.gops; }
    double bf16Gops() const { return bf16 ? bf16->gops : fp32.gops; }
};

struct RooflineRequest {
    int threads = 0;                             ///< 0 = one per physical performance core
    std::int64_t bytes = std::int64_t{1} << 30;  ///< read per pass; must be far beyond the caches
    int passes = 7;
    double secondsPerPeak = 0.1;  ///< of each arithmetic loop
};

/// Takes about two seconds and `bytes` of memory. Errors: invalidInput, outOfMemory when the bytes are not
/// there, cancelled.
Result<Roofline> measureRoofline(const RooflineRequest& request = {}, std::stop_token stop = {});

/// The object that `anven system --roofline --json` prints under "roofline", as JSON text.
std::string rooflineJson(const Roofline& roofline);

}  // namespace engine
