// What adds up best by the table of single linears: one measurement, to say what it came to.
#include "engine/quantize/policy_search.h"

namespace engine {

Result<SearchResult> searchGreedy(const SearchProblem& problem, const SearchOptions& options,
                                  const Measure& measure, const std::stop_token& stop) {
    const auto assignment = cheapest(problem, [&](std::size_t item, std::size_t choice) {
        return problem.items[item].choices[choice].kl;
    });
    if (!assignment)
        return assignment.error();
    SearchRecord record(problem, options, measure, stop);
    if (const auto score = record.score(*assignment); !score)
        return score.error();
    return record.result();
}

}  // namespace engine
