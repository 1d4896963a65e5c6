#include "engine/compare/standings.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/metrics/proportions.h"

namespace engine {
namespace {

void count(Standing& standing, const VoteOnLanes& vote) {
    ++standing.votes;
    standing.blind += vote.blind ? 1 : 0;
    if (vote.verdict == kVoteTie)
        ++standing.ties;
    else if (vote.verdict == kVoteAllBad)
        ++standing.allBad;
    else {
        ++(vote.variants[vote.winner] == standing.variant ? standing.wins : standing.losses);
        standing.byChance +=
            static_cast<double>(std::count(vote.variants.begin(), vote.variants.end(), standing.variant)) /
            static_cast<double>(vote.variants.size());
    }
}

}  // namespace

std::vector<Standing> standings(const std::vector<VoteOnLanes>& votes) {
    std::map<std::string, Standing> byVariant;
    for (const auto& vote : votes) {
        const std::set<std::string> variants(vote.variants.begin(), vote.variants.end());
        if (variants.size() < 2 || (vote.verdict == kVoteLane && vote.winner >= vote.variants.size()))
            continue;
        for (const auto& variant : variants) {
            auto& standing = byVariant[variant];
            standing.variant = variant;
            count(standing, vote);
        }
    }
    std::vector<Standing> all;
    for (auto& [variant, standing] : byVariant) {
        if (const auto decided = standing.wins + standing.losses; decided > 0) {
            standing.winRate = static_cast<double>(standing.wins) / static_cast<double>(decided);
            standing.winRate95 = wilson95(standing.wins, decided);
            standing.byChance /= static_cast<double>(decided);
        }
        all.push_back(std::move(standing));
    }
    std::stable_sort(all.begin(), all.end(), [](const Standing& a, const Standing& b) {
        return std::tuple(a.winRate.value_or(-1.0), a.wins) > std::tuple(b.winRate.value_or(-1.0), b.wins);
    });
    return all;
}

}  // namespace engine
