#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/units.h"
#include "engine/energy/energy.h"

namespace engine {

/// Raw time stamps of one request, taken in the process that runs the model at the moment each token is
/// known.
struct GenerationTimes {
    TimePoint accepted;  ///< request accepted, before tokenization
    TimePoint prefillBegin;
    TimePoint prefillEnd;
    std::vector<TimePoint> tokens;  ///< each generated token, the first one included
};

/// What is derived from the stamps. Absent = not defined for so few tokens.
struct GenerationMetrics {
    std::int64_t promptTokens = 0;
    std::int64_t generatedTokens = 0;
    std::optional<double> ttftMs;
    std::optional<double> imageEncodeMs;  ///< part of ttftMs; absent without images, near 0 for known ones
    std::optional<double> prefillTokensPerSecond;
    std::optional<double> decodeTokensPerSecond;         ///< (generated - 1) / (last - first)
    std::vector<double> itlMs;                           ///< every gap between consecutive tokens
    std::optional<double> itlP50Ms, itlP90Ms, itlP99Ms;  ///< p99 absent where n is too small (statistics.h)
    std::optional<double> tpotMs;
    std::int64_t weightsBytes = 0;
    std::int64_t kvBytes = 0;
    std::int64_t peakRssBytes = 0;  ///< VmHWM of this process
    double loadMs = 0.0;
    EnergyResult energy;
};

/// Definitions: TTFT = first token - accepted; prefill = prompt tokens / prefill time; decode as above; TPOT
/// = mean gap.
GenerationMetrics deriveMetrics(const GenerationTimes& times, std::int64_t promptTokens);

/// VmHWM of the calling process in bytes; absent where /proc does not say.
std::optional<std::int64_t> peakRssBytes();

}  // namespace engine
