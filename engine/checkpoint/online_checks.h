#pragma once

#include "engine/checkpoint/checkpoint.h"

namespace engine {

/// Whether this program can do what a checkpoint wants done while it runs: Hadamard transforms before w2 and
/// of heads, activations of fewer than 8 bits at every linear. After decideVariant(). Errors: unsupported.
Result<void> checkOnline(const Checkpoint& checkpoint);

}  // namespace engine
