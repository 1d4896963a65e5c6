#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/weight_scheme.h"

namespace engine {

/// What a linear may become.
struct SearchChoice {
    WeightScheme scheme;
    std::int64_t bytes = 0;
    double kl = 0.0;  ///< measured with this linear alone changed, nats per token
};

struct SearchItem {
    std::string name;  ///< the linear, Meta's name
    std::vector<SearchChoice> choices;
};

/// One choice of every item, by index.
using Assignment = std::vector<std::size_t>;

/// The mixed-precision problem: least divergence within a size.
struct SearchProblem {
    std::vector<SearchItem> items;
    std::int64_t bytes = 0;  ///< at most

    std::int64_t bytesOf(const Assignment& assignment) const;
    /// Sum of what each item does alone: HIGGS' linearity theorem (arXiv:2411.17525), from about 3 bits up.
    double predicted(const Assignment& assignment) const;
};

struct SearchOptions {
    std::int64_t evaluations = 24;  ///< of whole assignments at most; greedy search needs one
    std::uint64_t seed = 42;
};

/// Measures the whole model under an assignment: KL, nats per token.
using Measure = std::function<Result<double>(const Assignment&)>;

struct SearchResult {
    Assignment best;
    double kl = 0.0;               ///< measured
    double predicted = 0.0;        ///< by SearchProblem::predicted()
    std::int64_t evaluations = 0;  ///< that were measured
};

/// A way to look for assignments. Every assignment that it measures fits; deterministic by its seed.
struct PolicySearch {
    std::string_view id;  ///< "greedy", "evolutionary", "bayesian"
    /// Errors: the measure's; invalidInput where not even the smallest choices fit; cancelled.
    Result<SearchResult> (*run)(const SearchProblem& problem, const SearchOptions& options,
                                const Measure& measure, const std::stop_token& stop);
};

/// Every search; a new one is its file and a line in policy_searches.cpp.
std::span<const PolicySearch> policySearches();
/// Errors: notFound, naming those that there are.
Result<const PolicySearch*> policySearchNamed(std::string_view id);

Result<SearchResult> searchGreedy(const SearchProblem& problem, const SearchOptions& options,
                                  const Measure& measure, const std::stop_token& stop);
Result<SearchResult> searchEvolutionary(const SearchProblem& problem, const SearchOptions& options,
                                        const Measure& measure, const std::stop_token& stop);
Result<SearchResult> searchBayesian(const SearchProblem& problem, const SearchOptions& options,
                                    const Measure& measure, const std::stop_token& stop);

/// The assignment with the least cost that fits, when `cost(item, choice)` adds up: from the smallest choices
/// upwards, the step that saves most per byte first. Errors: invalidInput where the smallest do not fit.
Result<Assignment> cheapest(const SearchProblem& problem,
                            const std::function<double(std::size_t item, std::size_t choice)>& cost);

/// What every search shares: measures an assignment once and remembers the best.
class SearchRecord {
public:
    SearchRecord(const SearchProblem& problem, const SearchOptions& options, const Measure& measure,
                 const std::stop_token& stop)
        : problem_(problem), options_(options), measure_(measure), stop_(stop) {}
    /// KL; what was measured before is not measured again. Errors: the measure's; cancelled.
    Result<double> score(const Assignment& assignment);
    bool spent() const { return result_.evaluations >= options_.evaluations; }
    const SearchResult& result() const { return result_; }

private:
    const SearchProblem& problem_;
    const SearchOptions& options_;
    const Measure& measure_;
    const std::stop_token& stop_;
    std::vector<std::pair<Assignment, double>> known_;
    SearchResult result_;
};

}  // namespace engine
