// Linux Documentation: cpufreq (scaling_cur_freq, kHz), hwmon (tempN_input, millidegrees), thermal_throttle.
#include "engine/benchmark/machine_state.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

#include "engine/energy/sysfs.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

template <class T, class U>
void raise(std::optional<T>& most, U value) {
    most = most ? std::max(*most, static_cast<T>(value)) : static_cast<T>(value);
}

bool isCpu(const fs::path& folder) {
    const auto name = folder.filename().string();
    return name.starts_with("cpu") && name.size() > 3 && name[3] >= '0' && name[3] <= '9';
}

/// "cpu MHz : 2400.000" of /proc/cpuinfo, where there is no cpufreq.
std::optional<double> mhzOfCpuinfo(const std::string& root) {
    std::optional<double> most;
    std::ifstream cpus(root + "/proc/cpuinfo");
    for (std::string line; std::getline(cpus, line);) {
        const auto colon = line.find(": ");
        if (!line.starts_with("cpu MHz") || colon == std::string::npos)
            continue;
        double mhz = 0.0;
        if (std::from_chars(line.data() + colon + 2, line.data() + line.size(), mhz).ec == std::errc())
            raise(most, mhz);
    }
    return most;
}

bool isCpuSensor(const std::string& name) {
    constexpr std::array kNames = {"coretemp", "k10temp", "zenpower", "cpu_thermal", "soc_thermal"};
    return std::any_of(kNames.begin(), kNames.end(), [&](const char* known) { return name == known; });
}

std::optional<double> celsiusIn(const std::string& root) {
    std::optional<double> most;
    for (const auto& monitor : subfolders(fs::path(root) / "sys/class/hwmon")) {
        if (!isCpuSensor(readAttribute(monitor / "name").value_or("")))
            continue;
        int missing = 0;  // numbers may have gaps
        for (int i = 1; missing < 8 && i < 512; ++i)
            if (const auto milli = readNumber(monitor / ("temp" + std::to_string(i) + "_input"))) {
                raise(most, static_cast<double>(*milli) / 1000.0);
                missing = 0;
            } else {
                ++missing;
            }
    }
    if (most)
        return most;
    for (const auto& zone : subfolders(fs::path(root) / "sys/class/thermal")) {
        const auto type = readAttribute(zone / "type").value_or("");
        if (type == "x86_pkg_temp" || type.starts_with("cpu"))
            if (const auto milli = readNumber(zone / "temp"))
                raise(most, static_cast<double>(*milli) / 1000.0);
    }
    return most;
}

}  // namespace

MachineState readMachineState(const std::string& root) {
    MachineState state;
    std::optional<std::int64_t> ofPackages;  // every core tells its package's count
    for (const auto& cpu : subfolders(fs::path(root) / "sys/devices/system/cpu")) {
        if (!isCpu(cpu))
            continue;
        if (const auto khz = readNumber(cpu / "cpufreq/scaling_cur_freq"))
            raise(state.mhz, static_cast<double>(*khz) / 1000.0);
        if (const auto count = readNumber(cpu / "thermal_throttle/core_throttle_count"))
            state.throttles = state.throttles.value_or(0) + static_cast<std::int64_t>(*count);
        if (const auto count = readNumber(cpu / "thermal_throttle/package_throttle_count"))
            raise(ofPackages, *count);
    }
    if (ofPackages)
        state.throttles = state.throttles.value_or(0) + *ofPackages;
    if (!state.mhz)
        state.mhz = mhzOfCpuinfo(root);
    state.celsius = celsiusIn(root);
    return state;
}

}  // namespace engine
