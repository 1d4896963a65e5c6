#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace engine::train {

/// Loshchilov & Hutter 2019, arXiv:1711.05101, with bias correction.
struct AdamWSettings {
    double beta1 = 0.9;
    double beta2 = 0.95;
    double epsilon = 1e-8;
    double weightDecay = 0.1;
    bool operator==(const AdamWSettings&) const = default;
};

/// First and second moments of all parameters, f32.
struct AdamWState {
    std::vector<float> first;
    std::vector<float> second;
    std::int64_t steps = 0;
};

/// One step over `masters`: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, w -= rate * (m' / (sqrt(v') +
/// eps)
/// + decay * w) with m' = m / (1 - b1^t), v' = v / (1 - b2^t); t is state.steps, which the caller raises once
/// per step. `offset` is where these parameters begin in the state.
void adamwStep(const AdamWSettings& settings, double rate, bool decays, std::span<const float> gradients,
               std::size_t offset, AdamWState& state, std::span<float> masters);

/// Linear from 0 to `rate` over `warmup` steps, then half a cosine to rate * `final` at step `steps`. Steps
/// are counted from 0.
double learningRate(double rate, double final, std::int64_t warmup, std::int64_t steps, std::int64_t step);

/// Scales gradients so that their Euclidean norm is at most `most` (0 = unlimited); returns the norm before.
double clipGradients(std::span<float> gradients, double most);

}  // namespace engine::train
