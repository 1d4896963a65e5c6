#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace engine {

/// Memory that is near one part of the machine.
struct NumaNode {
    int number = 0;  ///< as the system counts
    std::int64_t bytes = 0;
};

/// A part of the machine with the parts inside it.
struct TopologyPart {
    enum class Kind { machine, package, cache, core, thread };
    Kind kind = Kind::machine;
    int number = 0;          ///< as the system counts; of a cache: its place among those of its level
    int cacheLevel = 0;      ///< of a cache
    std::int64_t bytes = 0;  ///< of a cache
    /// Of a core, where the CPU has several kinds: 0 is the most efficient kind, the highest the fastest; -1
    /// where all are alike.
    int coreKind = -1;
    bool usable = true;  ///< of a thread: this process may run there
    std::vector<NumaNode> memory = {};
    std::vector<TopologyPart> parts = {};

    int count(Kind wanted) const;  ///< parts of that kind at any depth, itself included
};

struct CpuTopology {
    TopologyPart machine;
    int coreKinds = 1;
};

/// This machine as hwloc sees it, about 10 ms. `source`: an XML file of hwloc (…xml) or its synthetic
/// description ("pack:2 l3:1 core:4 pu:2") in place of this machine. Errors: unavailable, invalidInput.
Result<CpuTopology> readCpuTopology(const std::string& source = {});

}  // namespace engine
