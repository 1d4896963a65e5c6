#include "engine/system/hardware_topology.h"

#include <hwloc.h>

#include <algorithm>

namespace engine {
namespace {

int countOf(hwloc_topology_t topology, hwloc_obj_type_t type) {
    return std::max(0, hwloc_get_nbobjs_by_type(topology, type));
}

void readCaches(hwloc_topology_t topology, SystemInfo& info) {
    constexpr std::pair<hwloc_obj_type_t, int> kTypes[] = {
        {HWLOC_OBJ_L1CACHE, 1}, {HWLOC_OBJ_L2CACHE, 2}, {HWLOC_OBJ_L3CACHE, 3}, {HWLOC_OBJ_L4CACHE, 4}};
    for (const auto& [type, level] : kTypes) {
        const int count = countOf(topology, type);
        if (count == 0)
            continue;
        const hwloc_obj_t cache = hwloc_get_obj_by_type(topology, type, 0);
        SystemInfo::Cache entry;
        entry.level = level;
        entry.type = cache->attr->cache.type == HWLOC_OBJ_CACHE_DATA ? "data" : "unified";
        entry.bytes = static_cast<std::int64_t>(cache->attr->cache.size);
        entry.count = count;
        info.caches.push_back(std::move(entry));
    }
}

std::string kindsOf(hwloc_topology_t topology) {
    const int kinds = hwloc_cpukinds_get_nr(topology, 0);
    return kinds > 1 ? ", " + std::to_string(kinds) + " kinds of cores" : "";
}

}  // namespace

void readTopology(SystemInfo& info) {
    hwloc_topology_t topology = nullptr;
    if (hwloc_topology_init(&topology) != 0)
        return;
    if (hwloc_topology_load(topology) == 0) {
        info.packages = countOf(topology, HWLOC_OBJ_PACKAGE);
        info.physicalCores = countOf(topology, HWLOC_OBJ_CORE);
        info.logicalCpus = countOf(topology, HWLOC_OBJ_PU);
        info.numaNodes = countOf(topology, HWLOC_OBJ_NUMANODE);
        readCaches(topology, info);
        const auto counted = [](int n, const char* one) {
            return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
        };
        info.topology = counted(info.packages, "package") + ", " + counted(info.physicalCores, "core") +
                        ", " + counted(info.logicalCpus, "hardware thread") + kindsOf(topology);
    }
    hwloc_topology_destroy(topology);
}

}  // namespace engine
