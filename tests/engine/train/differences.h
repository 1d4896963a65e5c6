#pragma once

#include <QString>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

/// What tests of backward passes compare with.
namespace traintest {

using Values = std::vector<double>;

inline Values draw(std::size_t count, unsigned seed) {
    std::mt19937 generator(seed);
    Values values(count);
    for (double& value : values)
        value = static_cast<double>(generator() >> 8) * 0x1p-23 - 1.0;
    return values;
}

/// The gradient of `loss` to `x` by central differences.
inline Values differences(Values& x, const std::function<double()>& loss) {
    constexpr double kStep = 1e-6;
    Values gradient(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double before = x[i];
        x[i] = before + kStep;
        const double above = loss();
        x[i] = before - kStep;
        gradient[i] = (above - loss()) / (2 * kStep);
        x[i] = before;
    }
    return gradient;
}

inline double dot(const Values& a, const Values& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

inline QString difference(const Values& actual, const Values& expected) {
    for (std::size_t i = 0; i < actual.size(); ++i)
        if (!(std::abs(actual[i] - expected[i]) <= 1e-8 * (1.0 + std::abs(expected[i]))))
            return QString("[%1] %2, expected %3")
                .arg(i)
                .arg(actual[i], 0, 'g', 12)
                .arg(expected[i], 0, 'g', 12);
    return {};
}

}  // namespace traintest

#define COMPARE_VALUES(actual, expected)                              \
    do {                                                              \
        const QString text = traintest::difference(actual, expected); \
        QVERIFY2(text.isEmpty(), qPrintable(text));                   \
    } while (false)
