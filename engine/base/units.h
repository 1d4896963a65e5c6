#pragma once

#include <chrono>
#include <compare>

namespace engine {

/// Energy in joules.
struct Joules {
    double value = 0.0;
    auto operator<=>(const Joules&) const = default;
    friend Joules operator+(Joules a, Joules b) { return {a.value + b.value}; }
    friend Joules operator-(Joules a, Joules b) { return {a.value - b.value}; }
};

/// Monotonic time that measurements are stamped with.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

inline double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}
inline double seconds(Clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace engine
