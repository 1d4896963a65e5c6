#include "engine/base/available_memory.h"

#include <fstream>
#include <string>

namespace engine {

std::optional<std::int64_t> availableMemoryBytes() {
    std::ifstream file("/proc/meminfo");
    for (std::string key; file >> key;) {
        std::int64_t kib = 0;
        if (key == "MemAvailable:" && file >> kib)
            return kib * 1024;
        file.ignore(256, '\n');
    }
    return std::nullopt;
}

}  // namespace engine
