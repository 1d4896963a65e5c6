#include "engine/sampling/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace engine {
namespace {

/// SplitMix64 (Steele, Lea & Flood 2014): the same stream on every machine, unlike std::uniform_real_distribution.
double uniform(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1.0p-53;
}

Error outOfRange(const char* setting, double value, const char* range) {
    return {ErrorCode::invalidInput, std::string(setting) + " " + std::to_string(value) + " is out of range; give " + range};
}

}  // namespace

Result<void> validate(const SamplingOptions& o) {
    if (!(o.temperature >= 0.0F && o.temperature <= 100.0F))
        return outOfRange("temperature", double{o.temperature}, "0 (greedy) to 100");
    if (!(o.topP > 0.0F && o.topP <= 1.0F))
        return outOfRange("top-p", double{o.topP}, "a number above 0, at most 1 (off)");
    if (o.topK < 0)
        return outOfRange("top-k", static_cast<double>(o.topK), "0 (off) or more");
    if (!(o.minP >= 0.0F && o.minP <= 1.0F))
        return outOfRange("min-p", double{o.minP}, "0 (off) to 1");
    if (!(o.repetitionPenalty > 0.0F && o.repetitionPenalty <= 10.0F))
        return outOfRange("repetition penalty", double{o.repetitionPenalty}, "a number above 0, at most 10; 1 is off");
    return {};
}

Sampler::Sampler(const SamplingOptions& options) : options_(options), state_(options.seed) {}

TokenId Sampler::pick(std::span<const float> logits, std::span<const TokenId> history) {
    scores_.assign(logits.begin(), logits.end());
    if (options_.repetitionPenalty != 1.0F) {
        for (const TokenId id : history) {
            const auto index = static_cast<std::size_t>(raw(id));
            if (index >= scores_.size())
                continue;
            // A token seen twice is penalized once: its score still equals the untouched logit only the first time.
            if (scores_[index] != logits[index])
                continue;
            scores_[index] = scores_[index] > 0.0F ? scores_[index] / options_.repetitionPenalty
                                                   : scores_[index] * options_.repetitionPenalty;
        }
    }
    if (options_.temperature == 0.0F)
        return TokenId{static_cast<std::int32_t>(std::max_element(scores_.begin(), scores_.end()) - scores_.begin())};

    order_.resize(scores_.size());
    std::iota(order_.begin(), order_.end(), 0);
    const auto higher = [this](std::int32_t a, std::int32_t b) {
        const float x = scores_[static_cast<std::size_t>(a)];
        const float y = scores_[static_cast<std::size_t>(b)];
        return x != y ? x > y : a < b;
    };
    const std::size_t kept = options_.topK > 0 ? std::min(order_.size(), static_cast<std::size_t>(options_.topK)) : order_.size();
    std::partial_sort(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(kept), order_.end(), higher);
    order_.resize(kept);

    const double top = double{scores_[static_cast<std::size_t>(order_[0])]};
    std::vector<double> weights(kept);
    double total = 0.0;
    for (std::size_t i = 0; i < kept; ++i) {
        weights[i] = std::exp((double{scores_[static_cast<std::size_t>(order_[i])]} - top) / double{options_.temperature});
        total += weights[i];
    }
    std::size_t last = 0;
    double cumulative = 0.0;
    for (std::size_t i = 0; i < kept; ++i) {
        const bool withinTopP = cumulative / total <= double{options_.topP};
        if (i > 0 && (!withinTopP || weights[i] < double{options_.minP} * weights[0]))
            break;
        cumulative += weights[i];
        last = i;
    }
    double draw = uniform(state_) * cumulative;
    for (std::size_t i = 0; i < last; ++i) {
        draw -= weights[i];
        if (draw < 0.0)
            return TokenId{order_[i]};
    }
    return TokenId{order_[last]};
}

}  // namespace engine
