#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/store/store.h"

namespace engine {

/// The machine of a run in one short line, the same for runs on the same machine: "AMD EPYC 9354 · 2 cores ·
/// 23.5 GiB". "unknown machine" where the run does not tell.
std::string machineLabel(const RunRow& run);

/// What somebody else has to know to judge or repeat a run: machine, software, load. Label and value; what is
/// not known is left out, what no label is known for keeps its own name.
std::vector<std::pair<std::string, std::string>> environmentFacts(const RunRow& run);

}  // namespace engine
