#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace engine {

/// What the system says of work that waits for a CPU; what it does not say is absent.
struct BackgroundLoad {
    std::optional<double> pressureAvg10;    ///< /proc/pressure/cpu, some: percent of the last 10 s
    std::optional<std::int64_t> stalledUs;  ///< the same, total: microseconds since boot
    std::optional<double> loadAverage;      ///< /proc/loadavg, last minute: runnable and blocked threads
};

/// `root` is "/" outside tests. Takes some 20 µs.
BackgroundLoad readBackgroundLoad(const std::string& root = "/");

/// From here on a repetition counts as disturbed: percent of the time in which some thread waited for a CPU,
/// in the ten seconds before it or while it ran.
inline constexpr double kBusyPressurePercent = 10.0;
/// The same for the load average before it, above the threads of the run's largest lane, whose own work of
/// the last minute is in it too.
inline constexpr double kBusyLoadAboveOwn = 1.0;

}  // namespace engine
