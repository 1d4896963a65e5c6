#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine {

/// p in [0, 1] by linear interpolation between order statistics (Hyndman & Fan 1996, type 7, NumPy's
/// default). `values` need not be sorted and must not be empty.
double percentile(std::span<const double> values, double p);
double median(std::span<const double> values);
double mean(std::span<const double> values);
/// Sample standard deviation (n - 1); 0 for fewer than two values.
double standardDeviation(std::span<const double> values);
/// exp(mean(log v)); all values > 0.
double geometricMean(std::span<const double> values);

struct Interval {
    double low = 0.0;
    double high = 0.0;
    bool operator==(const Interval&) const = default;
};
/// 95 % percentile bootstrap interval of the median, `resamples` draws, deterministic for a seed. Absent for
/// n < 2.
std::optional<Interval> bootstrapMedian95(std::span<const double> values, std::uint64_t seed = 42,
                                          int resamples = 2000);
/// The same for the mean.
std::optional<Interval> bootstrapMean95(std::span<const double> values, std::uint64_t seed = 42,
                                        int resamples = 2000);
/// 95 % bootstrap interval of the ratio median(a) / median(b); crossing 1 means "no difference seen".
std::optional<Interval> bootstrapRatio95(std::span<const double> a, std::span<const double> b,
                                         std::uint64_t seed = 42, int resamples = 2000);

/// What is shown of repeated measurements. p99 is absent where n * 0.01 < 10, p90 where n * 0.1 < 1.
struct Summary {
    std::int64_t n = 0;
    double mean = 0.0;
    double median = 0.0;
    double stddev = 0.0;
    std::optional<Interval> ci95;  ///< of the median
    double min = 0.0;
    double max = 0.0;
    double p50 = 0.0;
    std::optional<double> p90;
    std::optional<double> p99;
    bool operator==(const Summary&) const = default;
};
/// `values` must not be empty.
Summary summarize(std::span<const double> values);

}  // namespace engine
