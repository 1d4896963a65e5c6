#pragma once

#include <stop_token>
#include <string>

#include "engine/base/result.h"

namespace engine {

/// What tells two models apart: the SHA-256 of the weight file, or, where there are several, of their digests
/// one a line in the order of their names. Files that have not changed since they were read by this process
/// (size, time of change) are not read again. May be called from any thread. Errors: as Checkpoint::open;
/// cancelled.
Result<std::string> modelDigest(const std::string& model, std::stop_token stop = {});

}  // namespace engine
