// A small population around the greedy assignment: children mix two parents and change a few linears, those
// that the table likes are measured, the better ones stay.
#include <algorithm>
#include <random>

#include "engine/quantize/policy_search.h"

namespace engine {
namespace {

constexpr std::size_t kPopulation = 6;
constexpr int kBrood = 16;       // children of which the table picks one to measure
constexpr int kMostRounds = 64;  // without anything new

struct Member {
    Assignment assignment;
    double score = 0.0;
};

class Population {
public:
    Population(const SearchProblem& problem, std::uint64_t seed) : problem_(problem), bits_(seed) {}

    void add(Member member) {
        members_.push_back(std::move(member));
        std::stable_sort(members_.begin(), members_.end(),
                         [](const auto& a, const auto& b) { return a.score < b.score; });
        if (members_.size() > kPopulation)
            members_.pop_back();
    }

    /// The child of several that the table likes best; it fits.
    Assignment child() {
        Assignment best;
        double least = 0.0;
        for (int i = 0; i < kBrood; ++i) {
            auto candidate = mutated(mixed());
            repair(candidate);
            const double predicted = problem_.predicted(candidate);
            const bool known = std::any_of(members_.begin(), members_.end(), [&](const auto& member) {
                return member.assignment == candidate;
            });
            if (!known && (best.empty() || predicted < least)) {
                best = std::move(candidate);
                least = predicted;
            }
        }
        return best.empty() ? members_.front().assignment : best;
    }

private:
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(bits_() % n); }

    Assignment mixed() {
        auto made = members_[below(members_.size())].assignment;
        const auto& other = members_[below(members_.size())].assignment;
        for (std::size_t i = 0; i < made.size(); ++i)
            if (below(2) == 0)
                made[i] = other[i];
        return made;
    }
    Assignment mutated(Assignment made) {
        const auto changes = 1 + below(std::max<std::size_t>(2, made.size() / 8));
        for (std::size_t c = 0; c < changes; ++c) {
            const auto item = below(made.size());
            made[item] = below(problem_.items[item].choices.size());
        }
        return made;
    }
    /// Random linears get smaller until all fits.
    void repair(Assignment& made) {
        while (problem_.bytesOf(made) > problem_.bytes) {
            const auto item = below(made.size());
            const auto& choices = problem_.items[item].choices;
            const auto choice = below(choices.size());
            if (choices[choice].bytes < choices[made[item]].bytes)
                made[item] = choice;
        }
    }

    const SearchProblem& problem_;
    std::mt19937_64 bits_;
    std::vector<Member> members_;
};

}  // namespace

Result<SearchResult> searchEvolutionary(const SearchProblem& problem, const SearchOptions& options,
                                        const Measure& measure, const std::stop_token& stop) {
    const auto first = cheapest(problem, [&](std::size_t item, std::size_t choice) {
        return problem.items[item].choices[choice].kl;
    });
    if (!first)
        return first.error();
    SearchRecord record(problem, options, measure, stop);
    Population population(problem, options.seed);
    auto next = *first;
    for (int idle = 0; !record.spent() && idle < kMostRounds; next = population.child()) {
        const auto before = record.result().evaluations;
        const auto score = record.score(next);
        if (!score)
            return score.error();
        idle = record.result().evaluations == before ? idle + 1 : 0;
        population.add({next, *score});
    }
    return record.result();
}

}  // namespace engine
