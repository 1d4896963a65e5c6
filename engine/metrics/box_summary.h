#pragma once

#include <span>
#include <vector>

namespace engine {

/// What a box plot shows (Tukey 1977): quartiles by percentile(), whiskers at the outermost values within 1.5
/// interquartile ranges of the box, what lies beyond by itself, ascending.
struct BoxSummary {
    double q1 = 0.0;
    double median = 0.0;
    double q3 = 0.0;
    double low = 0.0;
    double high = 0.0;
    std::vector<double> outliers;
    bool operator==(const BoxSummary&) const = default;
};
/// `values` must not be empty.
BoxSummary boxSummary(std::span<const double> values);

}  // namespace engine
