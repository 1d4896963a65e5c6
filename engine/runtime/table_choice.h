#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/kernel_table.h"
#include "engine/runtime/token_class.h"

namespace engine {

/// A variant that could be used, with the name of its packed layout.
struct KernelCandidate {
    std::string_view name;
    std::string_view layout;
};

/// The candidates (by index) that compute one op: by weight type, then by token class. All have one layout.
struct TableChoice {
    std::vector<std::array<std::size_t, kTokenClasses>> runs;

    /// Whether the number of tokens decides, for any weight type.
    bool mixes() const;
    bool operator==(const TableChoice&) const = default;
};

/// What decoding, short and long prompts weigh when one choice has to serve them all: reading an answer takes
/// most of the time of a conversation.
inline constexpr std::array<double, kTokenClasses> kTokenClassWeights{0.6, 0.1, 0.1, 0.2};

/// The fastest candidates of `op` that the table knows. `candidates[0]` is what the static order would use;
/// it stays wherever the table has nothing that isFaster.
///
/// Weights are packed once, so all runs are of one layout. Inside candidates[0]'s layout, each weight type
/// and token class has its fastest candidate. Another layout has to be measured in every weight type and
/// token class beside candidates[0], and to take under 95 % of the time for each weight type, the token
/// classes weighed by kTokenClassWeights. With `mayMix` false, one candidate per weight type serves all token
/// classes, chosen by the same weights.
TableChoice chooseByTable(const KernelTable& table, std::string_view op,
                          std::span<const KernelCandidate> candidates, bool mayMix);

}  // namespace engine
