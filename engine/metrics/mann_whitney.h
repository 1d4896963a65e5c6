#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace engine {

/// Outcome of a two-sided Mann-Whitney U test (Mann & Whitney 1947): whether values of one sample tend to be
/// larger than those of the other. Nothing is assumed of their distribution.
struct RankTest {
    double u = 0.0;  ///< of the first sample: pairs in which it is larger, ties count half
    double p = 1.0;
    bool exact = false;  ///< p from all orderings; else from the normal approximation
    bool operator==(const RankTest&) const = default;
};

enum class RankTestMethod {
    automatic,  ///< exact without ties up to kMostExact values a side, else asymptotic
    exact,      ///< what is tied is counted half, as if it had been ordered by chance
    asymptotic  ///< normal, with continuity and tie correction
};
inline constexpr std::size_t kMostExact = 25;  // counts of orderings stay exact in a double

/// Absent where a sample is empty, or where exact was asked of more than kMostExact values a side. Samples
/// that are all one value have p = 1.
std::optional<RankTest> mannWhitney(std::span<const double> a, std::span<const double> b,
                                    RankTestMethod method = RankTestMethod::automatic);

/// The least p that two samples of these sizes can reach: 2 / C(n + m, n), at most 1. Where it is above the
/// level asked for, more repetitions are needed before any difference could show.
double smallestRankP(std::size_t n, std::size_t m);

}  // namespace engine
