#pragma once

#include "engine/quantize/quantize.h"

namespace engine {

/// What a request will come to, from the shapes alone.
struct QuantizeEstimate {
    std::int64_t sourceBytes = 0;   ///< of the source's tensors
    std::int64_t weightsBytes = 0;  ///< of the variant's
    std::int64_t peakBytes =
        0;                 ///< working memory beside the mapped source: one block, its moments, hidden states
    double seconds = 0.0;  ///< a guess from the arithmetic, without the evaluation; the run tells better
    bool calibrated = false;  ///< reads the calibration text
};

/// Errors: as Checkpoint::open, policyNamed and checkFloating.
Result<QuantizeEstimate> estimateQuantize(const QuantizeRequest& request);

}  // namespace engine
