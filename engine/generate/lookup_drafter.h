#pragma once

#include <vector>

#include "engine/generate/drafter.h"

namespace engine {

/// Prompt lookup decoding (Saxena 2023, github.com/apoorvumang/prompt-lookup-decoding): finds the last tokens
/// of the text where they stood before, the longest match first and of these the latest, and guesses what
/// followed there. Works where the answer repeats the prompt or itself: summaries, code, quotations, lists.
class LookupDrafter final : public Drafter {
public:
    /// One token alone says too little about the next.
    static constexpr std::size_t kShortestMatch = 2;
    /// Longer matches guess hardly better, and the search stops at the first match of this length.
    static constexpr std::size_t kLongestMatch = 4;

    Result<Draft> draft(std::span<const TokenId> text, std::int64_t most, std::stop_token stop) override;

private:
    std::vector<TokenId> tokens_;
};

}  // namespace engine
