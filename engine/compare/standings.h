#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/metrics/statistics.h"

namespace engine {

/// VoteRow::verdict.
inline constexpr const char* kVoteLane = "lane";
inline constexpr const char* kVoteTie = "tie";
inline constexpr const char* kVoteAllBad = "all_bad";

/// One vote with everything that took part in it.
struct VoteOnLanes {
    std::vector<std::string> variants;  ///< of the lanes that answered, by position; may repeat
    std::string verdict;
    std::size_t winner = 0;  ///< index into variants, for kVoteLane
    bool blind = false;
};

/// How a variant fared in all votes that it took part in.
struct Standing {
    std::string variant;
    std::int64_t votes = 0;   ///< wins + losses + ties + allBad
    std::int64_t blind = 0;   ///< how many of them were blind
    std::int64_t wins = 0;    ///< a lane of this variant was the best
    std::int64_t losses = 0;  ///< another variant's was
    std::int64_t ties = 0;
    std::int64_t allBad = 0;
    /// wins / (wins + losses) with its 95 % score interval (Wilson 1927); absent without decided votes.
    std::optional<double> winRate;
    std::optional<Interval> winRate95;
    /// The win rate of somebody who votes with dice: own lanes / all lanes, mean over the decided votes.
    double byChance = 0.0;
    bool operator==(const Standing&) const = default;
};

/// The best win rate first, then more wins, then by name. Votes in which a single variant took part say
/// nothing about it and are left out.
std::vector<Standing> standings(const std::vector<VoteOnLanes>& votes);

}  // namespace engine
