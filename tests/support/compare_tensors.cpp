#include "tests/support/compare_tensors.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace testsupport {

std::string compareTensors(std::span<const float> actual, std::span<const float> expected, double absolute,
                           double relative) {
    if (actual.size() != expected.size())
        return "sizes differ: " + std::to_string(actual.size()) + " and " + std::to_string(expected.size());
    std::size_t firstBad = actual.size();
    double largest = 0.0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const double difference = std::fabs(double{actual[i]} - double{expected[i]});
        largest = std::isnan(difference) ? difference : std::max(largest, difference);
        if (!(difference <= absolute + relative * std::fabs(double{expected[i]})) &&
            firstBad == actual.size())
            firstBad = i;
    }
    if (firstBad == actual.size())
        return {};
    char text[256];
    std::snprintf(
        text, sizeof text,
        "index %zu: %.9g instead of %.9g (tolerance %.3g + %.3g*|e|, largest difference %.3g of %zu)",
        firstBad, double{actual[firstBad]}, double{expected[firstBad]}, absolute, relative, largest,
        actual.size());
    return text;
}

double meanDifference(std::span<const float> actual, std::span<const float> expected) {
    double sum = 0.0;
    for (std::size_t i = 0; i < actual.size() && i < expected.size(); ++i)
        sum += std::fabs(double{actual[i]} - double{expected[i]});
    return actual.empty() ? 0.0 : sum / static_cast<double>(actual.size());
}

}  // namespace testsupport
