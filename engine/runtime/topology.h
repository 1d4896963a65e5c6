#pragma once

#include <vector>

namespace engine {

/// Operating-system numbers of the logical CPUs that compute threads are pinned to: one per physical core,
/// performance cores only where the CPU has several kinds, limited to what this process may use. Never empty.
std::vector<int> computeCpus();

}  // namespace engine
