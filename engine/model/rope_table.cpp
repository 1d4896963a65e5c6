#include "engine/model/rope_table.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace engine {
namespace {

float scaled(float frequency, const RopeScaling& scaling) {
    const auto context = static_cast<float>(scaling.originalContext);
    const float wavelength = 2.0F * std::numbers::pi_v<float> / frequency;
    if (wavelength < context / scaling.highFreqFactor)
        return frequency;
    if (wavelength > context / scaling.lowFreqFactor)
        return frequency / scaling.factor;
    const float smooth =
        (context / wavelength - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
    return (1.0F - smooth) * frequency / scaling.factor + smooth * frequency;
}

}  // namespace

std::vector<float> ropeFrequencies(const RopeConfig& rope, std::int64_t headDim) {
    const auto half = static_cast<std::size_t>(headDim / 2);
    std::vector<float> frequencies(half);
    for (std::size_t i = 0; i < half; ++i) {
        const float exponent = static_cast<float>(2 * i) / static_cast<float>(headDim);
        float frequency = 1.0F / std::pow(static_cast<float>(rope.theta), exponent);
        if (rope.scaling)
            frequency = scaled(frequency, *rope.scaling);
        if (i < rope.frequencyDivisors.size())
            frequency /= rope.frequencyDivisors[i];
        frequencies[i] = frequency;
    }
    return frequencies;
}

std::vector<float> ropeDivisors(const RopeConfig& rope, std::int64_t headDim) {
    if (!rope.scaling)
        return rope.frequencyDivisors;
    RopeConfig plain;
    plain.theta = rope.theta;
    auto divisors = ropeFrequencies(plain, headDim);
    const auto lower = ropeFrequencies(rope, headDim);
    for (std::size_t i = 0; i < divisors.size(); ++i)
        divisors[i] /= lower[i];
    return divisors;
}

std::optional<RopeConfig> withoutDivisors(const RopeConfig& rope, std::int64_t headDim) {
    if (rope.frequencyDivisors.empty())
        return rope;
    RopeConfig simple = rope;
    simple.frequencyDivisors.clear();
    const auto& divisors = rope.frequencyDivisors;
    const float factor = *std::max_element(divisors.begin(), divisors.end());
    const auto explains = [&] {
        const auto made = ropeFrequencies(simple, headDim);
        const auto wanted = ropeFrequencies(rope, headDim);
        for (std::size_t i = 0; i < made.size(); ++i)
            if (std::abs(made[i] / wanted[i] - 1.0F) > 1e-4F)
                return false;
        return true;
    };
    if (explains())  // divisors of 1
        return simple;
    simple.scaling = RopeScaling{.factor = factor};
    return explains() ? std::optional(simple) : std::nullopt;
}

RopeTable makeRopeTable(const RopeConfig& rope, std::int64_t headDim, std::int64_t positions) {
    const auto frequencies = ropeFrequencies(rope, headDim);
    RopeTable table;
    table.cos.reserve(static_cast<std::size_t>(positions) * frequencies.size());
    table.sin.reserve(static_cast<std::size_t>(positions) * frequencies.size());
    for (std::int64_t p = 0; p < positions; ++p)
        for (const float frequency : frequencies) {
            const float angle = static_cast<float>(p) * frequency;
            table.cos.push_back(std::cos(angle));
            table.sin.push_back(std::sin(angle));
        }
    return table;
}

}  // namespace engine
