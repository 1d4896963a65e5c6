#include "engine/system/cpu_topology.h"

#include <hwloc.h>

#include <algorithm>
#include <memory>

namespace engine {
namespace {

using Kind = TopologyPart::Kind;

struct Destroy {
    void operator()(hwloc_topology* topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, Destroy>;

int numberOf(unsigned osIndex, unsigned logicalIndex) {
    return static_cast<int>(osIndex == HWLOC_UNKNOWN_INDEX ? logicalIndex : osIndex);
}

class Walk {
public:
    explicit Walk(hwloc_topology_t topology)
        : topology_(topology),
          allowed_(hwloc_topology_get_allowed_cpuset(topology)),
          kinds_(std::max(1, hwloc_cpukinds_get_nr(topology, 0))) {}

    int kinds() const { return kinds_; }

    TopologyPart machine() {
        TopologyPart part;
        readInto(part, hwloc_get_root_obj(topology_));
        return part;
    }

private:
    /// `object`'s memory and parts; objects that are no part of the picture pass theirs on.
    void readInto(TopologyPart& part, hwloc_obj_t object) {
        for (auto* memory = object->memory_first_child; memory != nullptr; memory = memory->next_sibling)
            readMemory(part, memory);
        for (unsigned i = 0; i < object->arity; ++i) {
            auto* child = object->children[i];
            TopologyPart inner;
            if (!describe(inner, child)) {
                readInto(part, child);
                continue;
            }
            readInto(inner, child);
            part.parts.push_back(std::move(inner));
        }
    }

    void readMemory(TopologyPart& part, hwloc_obj_t memory) {
        if (memory->type == HWLOC_OBJ_NUMANODE)
            part.memory.push_back({numberOf(memory->os_index, memory->logical_index),
                                   static_cast<std::int64_t>(memory->attr->numanode.local_memory)});
        for (auto* inner = memory->memory_first_child; inner != nullptr; inner = inner->next_sibling)
            readMemory(part, inner);
    }

    bool describe(TopologyPart& part, hwloc_obj_t object) const {
        part.number = numberOf(object->os_index, object->logical_index);
        if (object->type == HWLOC_OBJ_PACKAGE) {
            part.kind = Kind::package;
        } else if (hwloc_obj_type_is_dcache(object->type) != 0) {
            part.kind = Kind::cache;
            part.number = static_cast<int>(object->logical_index);
            part.cacheLevel = static_cast<int>(object->attr->cache.depth);
            part.bytes = static_cast<std::int64_t>(object->attr->cache.size);
        } else if (object->type == HWLOC_OBJ_CORE) {
            part.kind = Kind::core;
            part.coreKind = kinds_ > 1 ? hwloc_cpukinds_get_by_cpuset(topology_, object->cpuset, 0) : -1;
        } else if (object->type == HWLOC_OBJ_PU) {
            part.kind = Kind::thread;
            part.usable = hwloc_bitmap_isset(allowed_, object->os_index) != 0;
        } else {
            return false;
        }
        return true;
    }

    hwloc_topology_t topology_;
    hwloc_const_cpuset_t allowed_;
    int kinds_;
};

}  // namespace

int TopologyPart::count(Kind wanted) const {
    int sum = kind == wanted ? 1 : 0;
    for (const auto& part : parts)
        sum += part.count(wanted);
    return sum;
}

Result<CpuTopology> readCpuTopology(const std::string& source) {
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0)
        return Error{ErrorCode::unavailable, "hwloc could not be started; the topology is unknown"};
    const Topology topology(raw);
    if (!source.empty()) {
        const int set = source.ends_with("xml") ? hwloc_topology_set_xml(raw, source.c_str())
                                                : hwloc_topology_set_synthetic(raw, source.c_str());
        if (set != 0)
            return Error{ErrorCode::invalidInput, "'" + source + "' is no topology that hwloc can read"};
    }
    if (hwloc_topology_load(raw) != 0)
        return Error{source.empty() ? ErrorCode::unavailable : ErrorCode::invalidInput,
                     "hwloc could not read the topology"};
    Walk walk(raw);
    return CpuTopology{walk.machine(), walk.kinds()};
}

}  // namespace engine
