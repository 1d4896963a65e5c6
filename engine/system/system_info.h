#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace engine {

/// The machine as reports describe it. Fields that the system does not tell are empty, never guessed.
struct SystemInfo {
    std::string cpu;  ///< model name
    int packages = 0;
    int physicalCores = 0;
    int logicalCpus = 0;
    std::string topology;  ///< one line in words
    struct Cache {
        int level = 0;
        std::string type;
        std::int64_t bytes = 0;
        int count = 0;
    };
    std::vector<Cache> caches;
    int numaNodes = 0;
    std::int64_t memoryBytes = 0;
    std::int64_t availableMemoryBytes = 0;
    std::vector<std::string> isa;  ///< features that kernel variants ask for and this CPU has
    std::string os;
    std::string kernel;
    std::string governor;
    std::string frequency;       ///< MHz now, or the reason why unknown
    std::string virtualization;  ///< "kvm", "none", …
};
/// `root` is "/" outside tests.
SystemInfo readSystemInfo(const std::string& root = "/");
/// SystemInfo::cpu alone, which costs next to nothing.
std::string cpuModelName(const std::string& root = "/");
/// JSON text with the keys of `anven system`, energy meters and library versions included.
std::string systemInfoJson(const std::string& root = "/");

}  // namespace engine
