#pragma once

#include <random>
#include <vector>

namespace quantizetest {

/// Numbers from a standard normal distribution.
inline std::vector<float> normals(std::size_t count, unsigned seed) {
    std::mt19937 bits(seed);
    std::normal_distribution<float> normal(0.0F, 1.0F);
    std::vector<float> values(count);
    for (auto& value : values)
        value = normal(bits);
    return values;
}

}  // namespace quantizetest
