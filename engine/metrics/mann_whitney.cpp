#include "engine/metrics/mann_whitney.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace engine {
namespace {

struct Ranks {
    double sumOfA = 0.0;
    double tieTerm = 0.0;  ///< sum of t^3 - t over groups of t equal values
};

/// Midranks of both samples together.
Ranks rank(std::span<const double> a, std::span<const double> b) {
    std::vector<std::pair<double, bool>> all;
    for (const double value : a)
        all.emplace_back(value, true);
    for (const double value : b)
        all.emplace_back(value, false);
    std::sort(all.begin(), all.end());
    Ranks ranks;
    for (std::size_t from = 0; from < all.size();) {
        std::size_t to = from;
        while (to < all.size() && all[to].first == all[from].first)
            ++to;
        const double midrank = (static_cast<double>(from + to) + 1.0) / 2.0;
        const auto ties = static_cast<double>(to - from);
        for (std::size_t i = from; i < to; ++i)
            ranks.sumOfA += all[i].second ? midrank : 0.0;
        ranks.tieTerm += ties * ties * ties - ties;
        from = to;
    }
    return ranks;
}

/// Orderings of n and m values by their U = 0 … n m: coefficients of the Gaussian binomial (n + m over n),
/// which is the product of (1 - x^(m+i)) / (1 - x^i) for i = 1 … n.
std::vector<double> orderingsByU(std::size_t n, std::size_t m) {
    std::vector<double> counts(n * m + 1, 0.0);
    counts[0] = 1.0;
    for (std::size_t i = 1; i <= n; ++i) {
        for (std::size_t u = counts.size(); u-- > m + i;)
            counts[u] -= counts[u - m - i];
        for (std::size_t u = i; u < counts.size(); ++u)
            counts[u] += counts[u - i];
    }
    return counts;
}

double exactP(double largerU, std::size_t n, std::size_t m) {
    const auto counts = orderingsByU(n, m);
    double all = 0.0;
    double tail = 0.0;
    for (std::size_t u = 0; u < counts.size(); ++u) {
        all += counts[u];
        tail += static_cast<double>(u) >= std::floor(largerU) ? counts[u] : 0.0;
    }
    return std::min(1.0, 2.0 * tail / all);
}

double asymptoticP(double largerU, double n, double m, double tieTerm) {
    const double all = n + m;
    const double variance = n * m / 12.0 * ((all + 1.0) - tieTerm / (all * (all - 1.0)));
    if (variance <= 0.0)
        return 1.0;
    const double z = (largerU - n * m / 2.0 - 0.5) / std::sqrt(variance);
    return std::min(1.0, std::erfc(z / std::sqrt(2.0)));
}

}  // namespace

std::optional<RankTest> mannWhitney(std::span<const double> a, std::span<const double> b,
                                    RankTestMethod method) {
    if (a.empty() || b.empty())
        return std::nullopt;
    const bool small = a.size() <= kMostExact && b.size() <= kMostExact;
    if (method == RankTestMethod::exact && !small)
        return std::nullopt;
    const auto ranks = rank(a, b);
    const auto n = static_cast<double>(a.size());
    const auto m = static_cast<double>(b.size());
    RankTest test;
    test.u = ranks.sumOfA - n * (n + 1.0) / 2.0;
    test.exact = method == RankTestMethod::exact ||
                 (method == RankTestMethod::automatic && small && ranks.tieTerm == 0.0);
    const double larger = std::max(test.u, n * m - test.u);
    test.p = test.exact ? exactP(larger, a.size(), b.size()) : asymptoticP(larger, n, m, ranks.tieTerm);
    return test;
}

double smallestRankP(std::size_t n, std::size_t m) {
    double orderings = 1.0;
    for (std::size_t i = 1; i <= n; ++i)
        orderings *= static_cast<double>(m + i) / static_cast<double>(i);
    return std::min(1.0, 2.0 / orderings);
}

}  // namespace engine
