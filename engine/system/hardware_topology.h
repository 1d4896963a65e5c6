#pragma once

#include "engine/system/system_info.h"

namespace engine {

/// Fills packages, cores, logical CPUs, caches, NUMA nodes and the topology line from hwloc. Leaves zeros
/// where it fails.
void readTopology(SystemInfo& info);

}  // namespace engine
