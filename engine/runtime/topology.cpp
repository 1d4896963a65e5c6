#include "engine/runtime/topology.h"

#include <hwloc.h>

namespace engine {
namespace {

/// The allowed CPUs of the fastest kind; all allowed ones when kinds are not known.
hwloc_bitmap_t fastestCpus(hwloc_topology_t topology) {
    hwloc_bitmap_t cpus = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology));
    const int kinds = hwloc_cpukinds_get_nr(topology, 0);
    if (kinds <= 1)
        return cpus;
    hwloc_bitmap_t fastest = hwloc_bitmap_alloc();
    int efficiency = -1;
    // Kinds are ordered by rising performance; -1 means that the order is not known.
    if (hwloc_cpukinds_get_info(topology, static_cast<unsigned>(kinds - 1), fastest, &efficiency, nullptr,
                                nullptr, 0) == 0 &&
        efficiency >= 0 && hwloc_bitmap_intersects(cpus, fastest))
        hwloc_bitmap_and(cpus, cpus, fastest);
    hwloc_bitmap_free(fastest);
    return cpus;
}

}  // namespace

std::vector<int> computeCpus() {
    std::vector<int> result;
    hwloc_topology_t topology = nullptr;
    if (hwloc_topology_init(&topology) != 0)
        return {0};
    if (hwloc_topology_load(topology) == 0) {
        hwloc_bitmap_t cpus = fastestCpus(topology);
        // The calling process may be restricted further (taskset, cgroup).
        hwloc_bitmap_t own = hwloc_bitmap_alloc();
        if (hwloc_get_cpubind(topology, own, HWLOC_CPUBIND_PROCESS) == 0 &&
            hwloc_bitmap_intersects(own, cpus))
            hwloc_bitmap_and(cpus, cpus, own);
        const int cores = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE);
        for (int i = 0; i < cores; ++i) {
            const hwloc_obj_t core =
                hwloc_get_obj_by_type(topology, HWLOC_OBJ_CORE, static_cast<unsigned>(i));
            hwloc_bitmap_and(own, core->cpuset, cpus);
            if (!hwloc_bitmap_iszero(own))
                result.push_back(hwloc_bitmap_first(own));
        }
        if (result.empty())
            for (int cpu = hwloc_bitmap_first(cpus); cpu >= 0; cpu = hwloc_bitmap_next(cpus, cpu))
                result.push_back(cpu);
        hwloc_bitmap_free(own);
        hwloc_bitmap_free(cpus);
    }
    hwloc_topology_destroy(topology);
    if (result.empty())
        result.push_back(0);
    return result;
}

}  // namespace engine
