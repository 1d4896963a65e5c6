#include <algorithm>
#include <limits>

#include "engine/quantize/policy_search.h"

namespace engine {
namespace {

constexpr PolicySearch kSearches[] = {
    {"greedy", searchGreedy},
    {"evolutionary", searchEvolutionary},
    {"bayesian", searchBayesian},
};

}  // namespace

std::span<const PolicySearch> policySearches() {
    return kSearches;
}

Result<const PolicySearch*> policySearchNamed(std::string_view id) {
    std::string known;
    for (const auto& search : kSearches) {
        if (search.id == id)
            return &search;
        known += (known.empty() ? "" : ", ") + std::string(search.id);
    }
    return Error{ErrorCode::notFound, "there is no search '" + std::string(id) + "'; there are " + known};
}

std::int64_t SearchProblem::bytesOf(const Assignment& assignment) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < assignment.size(); ++i)
        sum += items[i].choices[assignment[i]].bytes;
    return sum;
}

double SearchProblem::predicted(const Assignment& assignment) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < assignment.size(); ++i)
        sum += items[i].choices[assignment[i]].kl;
    return sum;
}

Result<Assignment> cheapest(const SearchProblem& problem,
                            const std::function<double(std::size_t item, std::size_t choice)>& cost) {
    Assignment assignment;
    for (const auto& item : problem.items) {
        const auto least = std::min_element(item.choices.begin(), item.choices.end(),
                                            [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
        assignment.push_back(static_cast<std::size_t>(least - item.choices.begin()));
    }
    auto left = problem.bytes - problem.bytesOf(assignment);
    if (left < 0)
        return Error{ErrorCode::invalidInput,
                     "the smallest choices need " + std::to_string(problem.bytesOf(assignment)) +
                         " bytes, more than the budget of " + std::to_string(problem.bytes)};
    for (;;) {
        double most = 0.0;
        std::size_t item = 0;
        std::size_t choice = 0;
        for (std::size_t i = 0; i < problem.items.size(); ++i)
            for (std::size_t c = 0; c < problem.items[i].choices.size(); ++c) {
                const auto extra =
                    problem.items[i].choices[c].bytes - problem.items[i].choices[assignment[i]].bytes;
                const double saved = cost(i, assignment[i]) - cost(i, c);
                if (extra > left || !(saved > 0.0))
                    continue;
                const double gain =
                    extra <= 0 ? std::numeric_limits<double>::max() : saved / static_cast<double>(extra);
                if (gain > most) {
                    most = gain;
                    item = i;
                    choice = c;
                }
            }
        if (!(most > 0.0))
            return assignment;
        left -=
            problem.items[item].choices[choice].bytes - problem.items[item].choices[assignment[item]].bytes;
        assignment[item] = choice;
    }
}

Result<double> SearchRecord::score(const Assignment& assignment) {
    for (const auto& [seen, kl] : known_)
        if (seen == assignment)
            return kl;
    if (stop_.stop_requested())
        return Error{ErrorCode::cancelled, "searching was stopped"};
    const auto kl = measure_(assignment);
    if (!kl)
        return kl.error();
    if (result_.evaluations++ == 0 || *kl < result_.kl) {
        result_.best = assignment;
        result_.kl = *kl;
        result_.predicted = problem_.predicted(assignment);
    }
    known_.emplace_back(assignment, *kl);
    return *kl;
}

}  // namespace engine
