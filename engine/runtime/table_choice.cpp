#include "engine/runtime/table_choice.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace engine {
namespace {

constexpr double kWorthChanging = 0.95;
constexpr double kNever = std::numeric_limits<double>::infinity();

/// Runs of one weight type and their weighted time; candidates[0] takes 1 in every token class.
struct Plan {
    std::array<std::size_t, kTokenClasses> runs{};
    double time = 0.0;
};

const VariantSpeed* measurementOf(const KernelTableRow* row, std::string_view variant) {
    if (row == nullptr)
        return nullptr;
    const auto at = std::find_if(row->variants.begin(), row->variants.end(),
                                 [&](const auto& m) { return m.variant == variant; });
    return at == row->variants.end() ? nullptr : &*at;
}

class WeightType {
public:
    WeightType(const KernelTable& table, std::string_view op, std::string_view weights,
               std::span<const KernelCandidate> candidates)
        : candidates_(candidates) {
        for (std::size_t c = 0; c < kTokenClasses; ++c)
            rows_[c] = table.find(op, weights, static_cast<TokenClass>(c));
    }

    /// Absent when the layout cannot serve this weight type for want of measurements.
    std::optional<Plan> fastest(std::string_view layout, bool mayMix) const {
        std::optional<Plan> best;
        if (mayMix) {
            best = Plan{};
            for (std::size_t c = 0; c < kTokenClasses; ++c) {
                const auto candidate = fastestAt(layout, c);
                if (!candidate)
                    return std::nullopt;
                best->runs[c] = *candidate;
                best->time += kTokenClassWeights[c] * timeOf(*candidate, c);
            }
            return best;
        }
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            if (candidates_[i].layout != layout)
                continue;
            Plan plan;
            plan.runs.fill(i);
            for (std::size_t c = 0; c < kTokenClasses; ++c)
                plan.time += kTokenClassWeights[c] * timeOf(i, c);
            if (plan.time < kNever && (!best || plan.time < kWorthChanging * best->time))
                best = plan;
        }
        return best;
    }

private:
    /// Share of candidates[0]'s time; 1 inside the noise, infinite where it is not measured.
    double timeOf(std::size_t candidate, std::size_t tokens) const {
        if (candidate == 0)
            return 1.0;
        const auto* own = measurementOf(rows_[tokens], candidates_[candidate].name);
        const auto* first = measurementOf(rows_[tokens], candidates_[0].name);
        if (own == nullptr || first == nullptr)
            return kNever;
        return isFaster(*own, *first) || isFaster(*first, *own) ? first->gops / own->gops : 1.0;
    }

    std::optional<std::size_t> fastestAt(std::string_view layout, std::size_t tokens) const {
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            if (candidates_[i].layout != layout || timeOf(i, tokens) == kNever)
                continue;
            const auto* own = measurementOf(rows_[tokens], candidates_[i].name);
            const auto* other = best ? measurementOf(rows_[tokens], candidates_[*best].name) : nullptr;
            if (!best || (own != nullptr && other != nullptr && isFaster(*own, *other)))
                best = i;
        }
        return best;
    }

    std::span<const KernelCandidate> candidates_;
    std::array<const KernelTableRow*, kTokenClasses> rows_{};
};

}  // namespace

bool TableChoice::mixes() const {
    return std::any_of(runs.begin(), runs.end(), [](const auto& byTokens) {
        return std::any_of(byTokens.begin(), byTokens.end(), [&](auto run) { return run != byTokens[0]; });
    });
}

TableChoice chooseByTable(const KernelTable& table, std::string_view op,
                          std::span<const KernelCandidate> candidates, bool mayMix) {
    std::vector<WeightType> types;
    for (const auto weights : weightNames(op))
        types.emplace_back(table, op, weights, candidates);
    const auto own = candidates[0].layout;
    TableChoice choice;
    std::vector<double> ownTimes;
    for (const auto& type : types) {
        const auto plan = type.fastest(own, mayMix);  // never absent: candidates[0] needs no measurement
        choice.runs.push_back(plan->runs);
        ownTimes.push_back(plan->time);
    }
    double bestShare = kWorthChanging;
    for (const auto& candidate : candidates) {
        if (candidate.layout == own)
            continue;
        TableChoice other;
        double share = 0.0;  // of the worst weight type
        for (std::size_t t = 0; t < types.size() && share < bestShare; ++t) {
            const auto plan = types[t].fastest(candidate.layout, mayMix);
            share = std::max(share, plan ? plan->time / ownTimes[t] : kNever);
            other.runs.push_back(plan ? plan->runs : std::array<std::size_t, kTokenClasses>{});
        }
        if (share < bestShare) {
            bestShare = share;
            choice = std::move(other);
        }
    }
    return choice;
}

}  // namespace engine
