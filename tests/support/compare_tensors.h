#pragma once

#include <span>
#include <string>

namespace testsupport {

/// Compares element by element with |a - e| <= absolute + relative * |e|. Returns an empty string when all
/// agree, else the first bad index, both values, the tolerance and the largest difference. NaN never agrees.
std::string compareTensors(std::span<const float> actual, std::span<const float> expected, double absolute,
                           double relative = 0.0);

/// Mean of |a - e|.
double meanDifference(std::span<const float> actual, std::span<const float> expected);

}  // namespace testsupport

/// Fails the running Qt test with the message of compareTensors().
#define COMPARE_TENSORS(...)                                                     \
    do {                                                                         \
        const std::string difference = testsupport::compareTensors(__VA_ARGS__); \
        QVERIFY2(difference.empty(), difference.c_str());                        \
    } while (false)
