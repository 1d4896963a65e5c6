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

void Sampler::penalize(std::span<const float> logits, std::span<const TokenId> history) {
    if (options_.repetitionPenalty == 1.0F)
        return;
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

TokenId Sampler::pick(std::span<const float> logits, std::span<const TokenId> history) {
    return draw(distribution(logits, history));
}

const TokenDistribution& Sampler::distribution(std::span<const float> logits,
                                               std::span<const TokenId> history) {
    scores_.assign(logits.begin(), logits.end());
    penalize(logits, history);
    auto& [ids, weights, total] = distribution_;
    if (options_.temperature == 0.0F) {
        ids.assign(
            1, static_cast<std::int32_t>(std::max_element(scores_.begin(), scores_.end()) - scores_.begin()));
        weights.assign(1, 1.0);
    } else {
        nucleus();
    }
    total = std::accumulate(weights.begin(), weights.end(), 0.0);
    return distribution_;
}

TokenId Sampler::draw(const TokenDistribution& from) {
    if (options_.temperature == 0.0F)
        return TokenId{from.ids.front()};
    double left = uniform(state_) * from.total;
    for (std::size_t i = 0; i + 1 < from.ids.size(); ++i) {
        left -= from.weights[i];
        if (left < 0.0)
            return TokenId{from.ids[i]};
    }
    return TokenId{from.ids.back()};
}

TokenId Sampler::verify(std::span<const float> logits, std::span<const TokenId> history, TokenId draft,
                        const TokenDistribution& drafted) {
    distribution(logits, history);
    auto& [ids, weights, total] = distribution_;
    if (options_.temperature == 0.0F)
        return TokenId{ids.front()};
    shares_.resize(std::max(shares_.size(), logits.size()));
    const auto share = [this](std::int32_t id) -> double& { return shares_[static_cast<std::size_t>(id)]; };
    for (std::size_t i = 0; i < drafted.ids.size(); ++i)
        share(drafted.ids[i]) = drafted.weights[i] / drafted.total;

    const auto at = std::find(ids.begin(), ids.end(), raw(draft));
    const double p = at == ids.end() ? 0.0 : weights[static_cast<std::size_t>(at - ids.begin())] / total;
    const bool accepted = uniform(state_) * share(raw(draft)) < p;
    if (!accepted) {
        double residual = 0.0;
        for (std::size_t i = 0; i < ids.size(); ++i)
            residual += std::max(0.0, weights[i] / total - share(ids[i]));
        // Where rounding alone made the two differ nothing is left over, and the distribution itself serves.
        if (residual > 0.0) {
            for (std::size_t i = 0; i < ids.size(); ++i)
                weights[i] = std::max(0.0, weights[i] / total - share(ids[i]));
            total = residual;
        }
    }
    for (const std::int32_t id : drafted.ids)
        share(id) = 0.0;
    return accepted ? draft : draw(distribution_);
}

void Sampler::nucleus() {
    auto& order = distribution_.ids;
    auto& weights = distribution_.weights;
    const auto score = [this](std::int32_t id) { return scores_[static_cast<std::size_t>(id)]; };
    const auto higher = [&](std::int32_t a, std::int32_t b) {
        return score(a) != score(b) ? score(a) > score(b) : a < b;
    };
    const double top = double{*std::max_element(scores_.begin(), scores_.end())};
    const auto weigh = [&](float value) {
        return std::exp((double{value} - top) / double{options_.temperature});
    };

    order.resize(scores_.size());
    std::iota(order.begin(), order.end(), 0);
    const bool limited = options_.topK > 0 && static_cast<std::size_t>(options_.topK) < order.size();
    const std::size_t most = limited ? static_cast<std::size_t>(options_.topK) : order.size();
    const auto sortUpTo = [&](std::size_t from, std::size_t to) {
        const auto begin = order.begin() + static_cast<std::ptrdiff_t>(from);
        std::partial_sort(begin, order.begin() + static_cast<std::ptrdiff_t>(to), order.end(), higher);
    };
    weights.clear();
    if (!limited && options_.topP >= 1.0F &&
        options_.minP <= 0.0F) {  // everything stays, so nothing needs sorting
        for (const float value : scores_)
            weights.push_back(weigh(value));
        return;
    }
    double total = 0.0;
    // Few tokens carry nearly all the probability, so only as many as are needed get sorted.
    std::size_t sorted = limited ? most : std::min<std::size_t>(most, 256);
    sortUpTo(0, sorted);
    for (std::size_t i = 0; i < (limited ? most : scores_.size()); ++i)
        total += weigh(limited ? score(order[i]) : scores_[i]);
    double cumulative = 0.0;
    for (std::size_t i = 0; i < most; ++i) {
        if (i == sorted) {
            const std::size_t next = std::min(most, sorted * 8);
            sortUpTo(sorted, next);
            sorted = next;
        }
        const double weight = weigh(score(order[i]));
        const bool withinTopP = options_.topP >= 1.0F || cumulative / total <= double{options_.topP};
        if (i > 0 && (!withinTopP || weight < double{options_.minP} * weights[0]))
            break;
        weights.push_back(weight);
        cumulative += weight;
    }
    order.resize(weights.size());
}

}  // namespace engine
