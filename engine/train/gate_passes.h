#pragma once

#include <cmath>
#include <cstdint>

namespace engine::train {

/// tanh of a gate; 1 where there is none.
template <class Real>
Real openness(const Real* gate) {
    return gate != nullptr ? std::tanh(*gate) : Real{1};
}

/// x += factor * branch.
template <class Real>
void addScaled(const Real* branch, Real factor, std::int64_t n, Real* x) {
    for (std::int64_t i = 0; i < n; ++i)
        x[i] += factor * branch[i];
}

/// Of x += tanh(gate) * branch: writes dBranch = tanh(gate) * dx and adds (1 - tanh^2) * <dx, branch> to
/// gateGrad (nullptr: not wanted). dBranch and dx are apart.
template <class Real>
void gatedBackward(const Real* branch, const Real* gate, const Real* dx, std::int64_t n, Real* dBranch,
                   Real* gateGrad) {
    const Real open = openness(gate);
    double along = 0.0;
    for (std::int64_t i = 0; i < n; ++i) {
        along += static_cast<double>(dx[i] * branch[i]);
        dBranch[i] = open * dx[i];
    }
    if (gate != nullptr && gateGrad != nullptr)
        *gateGrad += (1 - open * open) * static_cast<Real>(along);
}

}  // namespace engine::train
