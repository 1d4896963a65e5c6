#pragma once

#include <cstdint>
#include <span>

namespace engine {

/// How often a test is measured: at least `min` times, then until the 95 % bootstrap interval of the median
/// is at most `intervalPercent` of the median wide, at most `max` times. intervalPercent 0 = exactly `max`
/// times.
struct RepetitionRule {
    std::int64_t min = 5;
    std::int64_t max = 5;
    double intervalPercent = 0.0;
    bool operator==(const RepetitionRule&) const = default;
};

/// How often a test runs before it is measured: until two successive medians (each of the last three runs, or
/// of as many as there are) differ by at most `agreePercent`, at most `max` times. agreePercent 0 = exactly
/// `max` times.
struct WarmupRule {
    std::int64_t max = 1;
    double agreePercent = 0.0;
    bool operator==(const WarmupRule&) const = default;
};

/// The interval's width in percent of the median; infinite for fewer than two values or a median of 0.
double intervalWidthPercent(std::span<const double> values);

/// Whether two successive medians agree; `values` in the order of measuring.
bool mediansAgree(const WarmupRule& rule, std::span<const double> values);

/// Whether the test needs no further warm-up, or measurement.
bool warmedUp(const WarmupRule& rule, std::span<const double> values);
bool measuredEnough(const RepetitionRule& rule, std::span<const double> values);

}  // namespace engine
