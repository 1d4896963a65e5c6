#include <hwloc.h>
#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "engine/base/version.h"
#include "engine/energy/energy.h"
#include "engine/system/system_info.h"

namespace engine {
namespace {

using Json = nlohmann::json;

std::string hwlocVersion() {
    const unsigned version = hwloc_get_api_version();
    return std::to_string(version >> 16) + "." + std::to_string((version >> 8) & 0xffU) + "." +
           std::to_string(version & 0xffU);
}

Json textOrNull(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace

std::string systemInfoJson(const std::string& root) {
    const auto info = readSystemInfo(root);
    Json caches = Json::array();
    for (const auto& cache : info.caches)
        caches.push_back(
            {{"level", cache.level}, {"type", cache.type}, {"bytes", cache.bytes}, {"count", cache.count}});
    Json meters = Json::array();
    for (const auto& meter : meterStatuses(root))
        meters.push_back({{"name", meter.name},
                          {"provenance", name(meter.provenance)},
                          {"available", meter.available},
                          {"reason", meter.reason}});
    const auto& build = buildInfo();
    const Json json{{"cpu", textOrNull(info.cpu)},
                    {"topology",
                     {{"packages", info.packages},
                      {"cores", info.physicalCores},
                      {"threads", info.logicalCpus},
                      {"description", info.topology}}},
                    {"caches", caches},
                    {"numa", info.numaNodes},
                    {"memory", {{"total", info.memoryBytes}, {"available", info.availableMemoryBytes}}},
                    {"isa", info.isa},
                    {"os", textOrNull(info.os)},
                    {"kernel", textOrNull(info.kernel)},
                    {"governor", textOrNull(info.governor)},
                    {"frequency", textOrNull(info.frequency)},
                    {"virtualization", textOrNull(info.virtualization)},
                    {"energy_meters", meters},
                    {"versions",
                     {{"anven", build.version},
                      {"commit", build.commit},
                      {"compiler", build.compiler},
                      {"build_type", build.buildType},
                      {"hwloc", hwlocVersion()},
                      {"sqlite", sqlite3_libversion()}}}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace engine
