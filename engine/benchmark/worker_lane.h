#pragma once

#include <filesystem>
#include <memory>

#include "engine/benchmark/benchmark.h"

namespace engine {

/// A lane in a worker process of this program. `executable` as for WorkerClient::start.
Result<std::unique_ptr<LaneProcess>> startWorkerLane(const std::filesystem::path& executable);

}  // namespace engine
