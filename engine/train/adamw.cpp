#include "engine/train/adamw.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace engine::train {

void adamwStep(const AdamWSettings& settings, double rate, bool decays, std::span<const float> gradients,
               std::size_t offset, AdamWState& state, std::span<float> masters) {
    const auto steps = static_cast<double>(state.steps);
    const auto b1 = static_cast<float>(settings.beta1);
    const auto b2 = static_cast<float>(settings.beta2);
    const auto correct1 = static_cast<float>(1.0 / (1.0 - std::pow(settings.beta1, steps)));
    const auto correct2 = static_cast<float>(1.0 / (1.0 - std::pow(settings.beta2, steps)));
    const auto epsilon = static_cast<float>(settings.epsilon);
    const auto step = static_cast<float>(rate);
    const auto keep = static_cast<float>(1.0 - (decays ? rate * settings.weightDecay : 0.0));
    float* first = state.first.data() + offset;
    float* second = state.second.data() + offset;
    for (std::size_t i = 0; i < masters.size(); ++i) {
        const float g = gradients[i];
        first[i] = b1 * first[i] + (1.0F - b1) * g;
        second[i] = b2 * second[i] + (1.0F - b2) * g * g;
        masters[i] =
            keep * masters[i] - step * (first[i] * correct1) / (std::sqrt(second[i] * correct2) + epsilon);
    }
}

double learningRate(double rate, double final, std::int64_t warmup, std::int64_t steps, std::int64_t step) {
    if (step < warmup)
        return rate * static_cast<double>(step + 1) / static_cast<double>(warmup);
    const auto span = std::max<std::int64_t>(1, steps - warmup);
    const double done = std::min(1.0, static_cast<double>(step - warmup) / static_cast<double>(span));
    return rate * (final + (1.0 - final) * 0.5 * (1.0 + std::cos(std::numbers::pi * done)));
}

double clipGradients(std::span<float> gradients, double most) {
    double squares = 0.0;
    for (const float g : gradients)
        squares += double{g} * double{g};
    const double norm = std::sqrt(squares);
    if (most > 0.0 && norm > most) {
        const auto factor = static_cast<float>(most / norm);
        for (float& g : gradients)
            g *= factor;
    }
    return norm;
}

}  // namespace engine::train
