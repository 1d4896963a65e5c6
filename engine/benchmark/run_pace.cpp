#include "engine/benchmark/run_pace.h"

#include <algorithm>
#include <utility>

namespace engine {

RunPace::RunPace(std::size_t lanes, std::vector<BenchmarkTest> tests)
    : tests_(std::move(tests)), means_(lanes, std::vector<Mean>(tests_.size())) {}

void RunPace::record(std::size_t lane, std::size_t test, double seconds) {
    auto& mean = means_[lane][test];
    mean.sum += seconds;
    ++mean.count;
}

double RunPace::tokensOf(std::size_t test) const {
    return static_cast<double>(std::max<std::int64_t>(1, tests_[test].prompt + tests_[test].generate));
}

std::optional<double> RunPace::expected(std::size_t lane, std::size_t test) const {
    if (const auto& own = means_[lane][test]; own.count > 0)
        return own.sum / own.count;
    const auto perToken = [&](std::size_t from, bool sameKind) {
        Mean mean;
        for (std::size_t t = 0; t < tests_.size(); ++t) {
            const auto& known = means_[from][t];
            if (known.count == 0 || (sameKind && tests_[t].test != tests_[test].test))
                continue;
            mean.sum += known.sum / known.count / tokensOf(t);
            ++mean.count;
        }
        return mean;
    };
    Mean best = perToken(lane, true);
    for (const bool sameKind : {true, false})
        for (std::size_t l = 0; l < means_.size() && best.count == 0; ++l)
            best = perToken(l, sameKind);
    if (best.count == 0)
        return std::nullopt;
    return best.sum / best.count * tokensOf(test);
}

std::optional<double> RunPace::secondsLeft(const std::vector<std::vector<std::int64_t>>& left) const {
    double seconds = 0.0;
    for (std::size_t lane = 0; lane < left.size(); ++lane)
        for (std::size_t test = 0; test < left[lane].size(); ++test) {
            if (left[lane][test] <= 0)
                continue;
            const auto each = expected(lane, test);
            if (!each)
                return std::nullopt;
            seconds += *each * static_cast<double>(left[lane][test]);
        }
    return seconds;
}

}  // namespace engine
