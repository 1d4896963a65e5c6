#include "engine/sampling/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace engine {
namespace {

/// SplitMix64 (Steele, Lea & Flood 2014): the same stream on every machine, unlike
/// std::uniform_real_distribution.
double uniform(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1.0p-53;
}

Error outOfRange(const char* setting, double value, const char* range) {
    return {ErrorCode::invalidInput,
            std::string(setting) + " " + std::to_string(value) + " is out of range; give " + range};
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
        return outOfRange("repetition penalty", double{o.repetitionPenalty},
                          "a number above 0, at most 10; 1 is off");
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
            // A token seen twice is penalized once: its score still equals the untouched logit only the first
            // time.
            if (scores_[index] != logits[index])
                continue;
            scores_[index] = scores_[index] > 0.0F ? scores_[index] / options_.repetitionPenalty
                                                   : scores_[index] * options_.repetitionPenalty;
        }
    }
    if (options_.temperature == 0.0F)
        return TokenId{
            static_cast<std::int32_t>(std::max_element(scores_.begin(), scores_.end()) - scores_.begin())};

    const std::size_t cut = nucleus();
    double draw = uniform(state_) *
                  std::accumulate(weights_.begin(), weights_.begin() + static_cast<std::ptrdiff_t>(cut), 0.0);
    for (std::size_t i = 0; i + 1 < cut; ++i) {
        draw -= weights_[i];
        if (draw < 0.0)
            return TokenId{order_[i]};
    }
    return TokenId{order_[cut - 1]};
}

std::size_t Sampler::nucleus() {
    const auto score = [this](std::int32_t id) { return scores_[static_cast<std::size_t>(id)]; };
    const auto higher = [&](std::int32_t a, std::int32_t b) {
        return score(a) != score(b) ? score(a) > score(b) : a < b;
    };
    const double top = double{*std::max_element(scores_.begin(), scores_.end())};
    const auto weigh = [&](float value) {
        return std::exp((double{value} - top) / double{options_.temperature});
    };

    order_.resize(scores_.size());
    std::iota(order_.begin(), order_.end(), 0);
    const bool limited = options_.topK > 0 && static_cast<std::size_t>(options_.topK) < order_.size();
    const std::size_t most = limited ? static_cast<std::size_t>(options_.topK) : order_.size();
    const auto sortUpTo = [&](std::size_t from, std::size_t to) {
        const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(from);
        std::partial_sort(begin, order_.begin() + static_cast<std::ptrdiff_t>(to), order_.end(), higher);
    };
    weights_.clear();
    if (!limited && options_.topP >= 1.0F &&
        options_.minP <= 0.0F) {  // everything stays, so nothing needs sorting
        for (const float value : scores_)
            weights_.push_back(weigh(value));
        return weights_.size();
    }
    double total = 0.0;
    // Few tokens carry nearly all the probability, so only as many as are needed get sorted.
    std::size_t sorted = limited ? most : std::min<std::size_t>(most, 256);
    sortUpTo(0, sorted);
    for (std::size_t i = 0; i < (limited ? most : scores_.size()); ++i)
        total += weigh(limited ? score(order_[i]) : scores_[i]);
    double cumulative = 0.0;
    for (std::size_t i = 0; i < most; ++i) {
        if (i == sorted) {
            const std::size_t next = std::min(most, sorted * 8);
            sortUpTo(sorted, next);
            sorted = next;
        }
        const double weight = weigh(score(order_[i]));
        const bool withinTopP = options_.topP >= 1.0F || cumulative / total <= double{options_.topP};
        if (i > 0 && (!withinTopP || weight < double{options_.minP} * weights_[0]))
            break;
        weights_.push_back(weight);
        cumulative += weight;
    }
    return weights_.size();
}

}  // namespace engine
