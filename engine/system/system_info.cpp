#include "engine/system/system_info.h"

#include <sys/utsname.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "engine/energy/sysfs.h"
#include "engine/system/hardware_topology.h"
#include "kernels/base/cpu_features.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

/// The value after "key<separator>" of the first line that begins with `key`.
std::string field(const fs::path& file, const std::string& key, char separator) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key))
            continue;
        const auto at = line.find(separator);
        if (at == std::string::npos)
            continue;
        const auto begin = line.find_first_not_of(" \t\"", at + 1);
        const auto end = line.find_last_not_of(" \t\"");
        return begin == std::string::npos || end < begin ? "" : line.substr(begin, end - begin + 1);
    }
    return {};
}

/// "12345 kB" of /proc/meminfo in bytes; 0 where absent.
std::int64_t memoryField(const fs::path& file, const std::string& key) {
    long long kibibytes = 0;
    return std::sscanf(field(file, key, ':').c_str(), "%lld", &kibibytes) == 1 ? kibibytes * 1024 : 0;
}

std::string frequencyOf(const fs::path& root) {
    if (const auto khz = readNumber(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"))
        return std::to_string(*khz / 1000) + " MHz";
    const auto mhz = field(root / "proc/cpuinfo", "cpu MHz", ':');
    return mhz.empty() ? "" : mhz.substr(0, mhz.find('.')) + " MHz";
}

std::string virtualizationOf(const std::string& root) {
    if (!inVirtualMachine(root))
        return "none";
    const auto vendor = readAttribute(fs::path(root) / "sys/class/dmi/id/sys_vendor");
    return vendor && !vendor->empty() ? *vendor : "hypervisor";
}

}  // namespace

std::string cpuModelName(const std::string& root) {
    return field(fs::path(root) / "proc/cpuinfo", "model name", ':');
}

SystemInfo readSystemInfo(const std::string& rootText) {
    const fs::path root(rootText);
    SystemInfo info;
    info.cpu = cpuModelName(rootText);
    readTopology(info);
    info.memoryBytes = memoryField(root / "proc/meminfo", "MemTotal");
    info.availableMemoryBytes = memoryField(root / "proc/meminfo", "MemAvailable");
    int count = 0;
    const auto* names = kernels::cpuFeatureNames(count);
    for (int i = 0; i < count; ++i)
        if (kernels::has(names[i].feature))
            info.isa.emplace_back(names[i].name);
    info.os = field(root / "etc/os-release", "PRETTY_NAME", '=');
    utsname system{};
    if (::uname(&system) == 0)
        info.kernel = std::string(system.sysname) + " " + system.release + " " + system.machine;
    info.governor = readAttribute(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").value_or("");
    info.frequency = frequencyOf(root);
    info.virtualization = virtualizationOf(rootText);
    return info;
}

}  // namespace engine
