#pragma once

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"

namespace engine {

/// Ranges that every architecture's numbers must keep, checked before anything is computed from them. Errors:
/// corrupt.
Result<void> checkRanges(const ModelConfig& config);

/// Every tensor that the architecture needs, with the shape that the configuration says, squeezed of dims of
/// 1 where that is harmless. Sets hiddenDim from w1, vocabSize from the embedding, variant, contextLength
/// defaults and the notes that follow. Errors: notFound, corrupt, naming the tensor.
Result<void> checkTensors(Checkpoint& checkpoint);

/// Decides the online Hadamard transform where the file does not say, and names the variant.
void decideVariant(Checkpoint& checkpoint, const CheckpointOptions& options);

}  // namespace engine
