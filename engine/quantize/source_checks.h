#pragma once

#include "engine/checkpoint/checkpoint.h"

namespace engine {

/// Whether a model can be quantized: every linear in floating point, no adapters. Errors: invalidInput.
Result<void> checkFloating(const Checkpoint& source);

}  // namespace engine
