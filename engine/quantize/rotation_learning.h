#pragma once

#include <cstdint>

namespace engine {

/// How rotations are learned (RotationLearner).
struct RotationLearning {
    std::int64_t steps = 100;
    std::int64_t windows = 8;  ///< of the calibration text per step, at most
    double rate = 1.5;         ///< of Cayley SGD, falling to 0 along a cosine
    /// Share of the loss that is KL to the source's predictions; the rest is cross-entropy with the text,
    /// which is all that SpinQuant has.
    double distill = 1.0;
};

}  // namespace engine
