#include "engine/metrics/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <random>

namespace engine {
namespace {

std::vector<double> sorted(std::span<const double> values) {
    std::vector<double> copy(values.begin(), values.end());
    std::sort(copy.begin(), copy.end());
    return copy;
}

double percentileOfSorted(std::span<const double> values, double p) {
    assert(!values.empty() && p >= 0.0 && p <= 1.0);
    const double at = p * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    if (below + 1 >= values.size())
        return values.back();
    return values[below] + (at - static_cast<double>(below)) * (values[below + 1] - values[below]);
}

/// Draws with replacement; the remainder keeps the result the same with every standard library.
class Resampler {
public:
    explicit Resampler(std::uint64_t seed) : engine_(seed) {}
    void draw(std::span<const double> from, std::vector<double>& into) {
        into.resize(from.size());
        for (double& value : into)
            value = from[static_cast<std::size_t>(engine_() % from.size())];
    }

private:
    std::mt19937_64 engine_;
};

Interval middle95(std::vector<double> statistics) {
    std::sort(statistics.begin(), statistics.end());
    return {percentileOfSorted(statistics, 0.025), percentileOfSorted(statistics, 0.975)};
}

/// 95 % percentile bootstrap of any statistic of one sample (Efron & Tibshirani 1993, chapter 13).
template <class Statistic>
std::optional<Interval> bootstrap95(std::span<const double> values, std::uint64_t seed, int resamples,
                                    Statistic statistic) {
    if (values.size() < 2 || resamples < 1)
        return std::nullopt;
    Resampler resampler(seed);
    std::vector<double> drawn;
    std::vector<double> statistics;
    for (int i = 0; i < resamples; ++i) {
        resampler.draw(values, drawn);
        statistics.push_back(statistic(drawn));
    }
    return middle95(std::move(statistics));
}

}  // namespace

double percentile(std::span<const double> values, double p) {
    return percentileOfSorted(sorted(values), p);
}

double median(std::span<const double> values) {
    return percentile(values, 0.5);
}

double mean(std::span<const double> values) {
    assert(!values.empty());
    double sum = 0.0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

double standardDeviation(std::span<const double> values) {
    if (values.size() < 2)
        return 0.0;
    const double center = mean(values);
    double squares = 0.0;
    for (const double value : values)
        squares += (value - center) * (value - center);
    return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double geometricMean(std::span<const double> values) {
    assert(!values.empty());
    double logs = 0.0;
    for (const double value : values)
        logs += std::log(value);
    return std::exp(logs / static_cast<double>(values.size()));
}

std::optional<Interval> bootstrapMedian95(std::span<const double> values, std::uint64_t seed, int resamples) {
    return bootstrap95(values, seed, resamples,
                       [](const std::vector<double>& drawn) { return median(drawn); });
}

std::optional<Interval> bootstrapMean95(std::span<const double> values, std::uint64_t seed, int resamples) {
    return bootstrap95(values, seed, resamples, [](const std::vector<double>& drawn) { return mean(drawn); });
}

std::optional<Interval> bootstrapRatio95(std::span<const double> a, std::span<const double> b,
                                         std::uint64_t seed, int resamples) {
    if (a.size() < 2 || b.size() < 2 || resamples < 1)
        return std::nullopt;
    Resampler resampler(seed);
    std::vector<double> drawnA;
    std::vector<double> drawnB;
    std::vector<double> ratios;
    for (int i = 0; i < resamples; ++i) {
        resampler.draw(a, drawnA);
        resampler.draw(b, drawnB);
        const double divisor = median(drawnB);
        if (divisor == 0.0)
            return std::nullopt;
        ratios.push_back(median(drawnA) / divisor);
    }
    return middle95(std::move(ratios));
}

Summary summarize(std::span<const double> values) {
    const auto ordered = sorted(values);
    const auto n = static_cast<std::int64_t>(ordered.size());
    Summary summary;
    summary.n = n;
    summary.mean = mean(ordered);
    summary.median = percentileOfSorted(ordered, 0.5);
    summary.stddev = standardDeviation(ordered);
    summary.ci95 = bootstrapMedian95(ordered);
    summary.min = ordered.front();
    summary.max = ordered.back();
    summary.p50 = summary.median;
    if (n >= 10)
        summary.p90 = percentileOfSorted(ordered, 0.9);
    if (n >= 1000)
        summary.p99 = percentileOfSorted(ordered, 0.99);
    return summary;
}

}  // namespace engine
