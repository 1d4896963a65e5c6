#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/checkpoint/checkpoint.h"
#include "engine/quantize/block_quantizer.h"

namespace engine {

/// The vision tensors of a checkpoint in parts that are finished one by one: a block of the image encoder or
/// of cross-attention each, and the rest. Empty for text models. "vision.…" to names of tensors.
std::map<std::string, std::vector<std::string>> visionParts(const Checkpoint& source);

/// Linears in 8-bit rows where the policy says so (int8_channel), everything else in BF16. Errors:
/// unsupported for other schemes, as the engine runs none of them there; cancelled.
Result<QuantizedPart> quantizeVisionPart(const Checkpoint& source, const std::vector<std::string>& tensors,
                                         const QuantizationPolicy& policy, ThreadTeam& team);

}  // namespace engine
