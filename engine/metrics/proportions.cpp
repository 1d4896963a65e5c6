#include "engine/metrics/proportions.h"

#include <algorithm>
#include <cmath>

namespace engine {

Interval wilson95(std::int64_t hits, std::int64_t n) {
    constexpr double kZ = 1.959963984540054;
    const auto count = static_cast<double>(n);
    const double share = static_cast<double>(hits) / count;
    const double denominator = 1.0 + kZ * kZ / count;
    const double centre = (share + kZ * kZ / (2.0 * count)) / denominator;
    const double half =
        kZ * std::sqrt(share * (1.0 - share) / count + kZ * kZ / (4.0 * count * count)) / denominator;
    return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

double mcnemarP(std::int64_t lost, std::int64_t gained) {
    const auto n = static_cast<double>(lost + gained);
    const std::int64_t fewer = std::min(lost, gained);
    double tail = 0.0;
    for (std::int64_t k = 0; k <= fewer; ++k) {
        const auto x = static_cast<double>(k);
        tail += std::exp(std::lgamma(n + 1.0) - std::lgamma(x + 1.0) - std::lgamma(n - x + 1.0) -
                         n * std::log(2.0));
    }
    return std::min(1.0, 2.0 * tail);
}

}  // namespace engine
