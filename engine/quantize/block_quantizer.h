#pragma once

#include <vector>

#include "engine/quantize/block_forward.h"
#include "engine/quantize/part_store.h"
#include "engine/quantize/policy.h"

namespace engine {

/// One block or table as it will be stored, and what it lost.
struct QuantizedPart {
    std::vector<StoredTensor> tensors;
    std::vector<LayerError> errors;
};

/// What a linear's codes lost.
LayerError errorOf(const LinearTask& task, const GroupCodes& codes);

/// The linears of a block by the policy's method and schemes, its norms and biases. `grams`: null for methods
/// without calibration. `tuned`: the codes of methods that choose them for a whole block, else null. Errors:
/// as the method's.
Result<QuantizedPart> quantizeBlock(const BlockWeights& block, std::int64_t layer, const BlockGrams* grams,
                                    const BlockCodes* tuned, const QuantizationPolicy& policy,
                                    ThreadTeam& team);

/// The block with the weights that a finished part of it holds. Errors: as CodedWeight::create().
Result<BlockWeights> decodedBlock(const Part& part, const BlockWeights& block,
                                  const QuantizationPolicy& policy);

/// A finished block with those linears in floating point to which the policy now gives such a scheme; `block`
/// has their weights.
QuantizedPart withFloats(const Part& part, const BlockWeights& block, const QuantizationPolicy& policy);

/// The embedding, or the head with `head`, in chunks of rows.
Result<QuantizedPart> quantizeTable(const BlockSource& source, bool head, const QuantizationPolicy& policy,
                                    ThreadTeam& team);

}  // namespace engine
