#pragma once

#include <string>

#include "engine/checkpoint/checkpoint.h"

namespace engine {

/// What `anven inspect --json` prints: the configuration and every tensor with the bytes that it takes in the
/// file. Reads no tensor data.
std::string inspectionJson(const Checkpoint& checkpoint);

}  // namespace engine
