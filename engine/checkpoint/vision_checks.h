#pragma once

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"

namespace engine {

/// Completes the vision configuration from the tensors' shapes (width, layers, feed-forward width) and checks
/// every tensor of the image encoder and the cross-attention blocks. Nothing for a text model. Errors:
/// notFound, corrupt, unsupported, naming the tensor.
Result<void> checkVision(Checkpoint& checkpoint);

}  // namespace engine
