#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace engine {

/// Gradient descent among the orthogonal matrices R [size, size] by the Cayley transform (Li, Fuxin &
/// Todorovic 2020, arXiv:2002.01113, algorithm 1): with M = momentum * M + G and W = (M R^T - R M^T) / 2,
/// R <- (I + a/2 W)^-1 (I - a/2 W) R, the inverse by five fixed-point iterations, a = min(rate, 1 / |W|_1).
/// SpinQuant (arXiv:2405.16406) uses it without momentum. In f32.
class CayleySgd {
public:
    explicit CayleySgd(std::int64_t size, double momentum = 0.0) : size_(size), momentum_(momentum) {}

    /// `r` stays orthogonal to about 1e-6: what iterations leave is taken out by R <- R (3 I - R^T R) / 2.
    void step(std::span<float> r, std::span<const float> gradient, double rate);

private:
    std::int64_t size_;
    double momentum_;
    std::vector<float> moved_;  // M, [size, size]
};

/// max |R R^T - I|, in double.
double orthogonalityError(std::span<const float> r, std::int64_t size);

}  // namespace engine
