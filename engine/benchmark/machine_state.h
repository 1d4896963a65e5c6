#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace engine {

/// How fast and how warm the CPUs are; what the system does not say is absent.
struct MachineState {
    std::optional<double> mhz;              ///< of the fastest CPU now: idle ones clock down
    std::optional<double> celsius;          ///< of the hottest CPU sensor
    std::optional<std::int64_t> throttles;  ///< times that heat slowed a core or package since boot
};

/// `root` is "/" outside tests. Some 10 µs per CPU.
MachineState readMachineState(const std::string& root = "/");

/// From here on a repetition counts as hot, and its clock as fallen below that of the lane's fastest one.
inline constexpr double kHotCelsius = 95.0;
inline constexpr double kClockFallPercent = 10.0;

}  // namespace engine
