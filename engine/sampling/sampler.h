#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"

namespace engine {

/// Settings of one generation. Defaults follow the family's generator (temperature 0.6, top-p 0.9).
struct SamplingOptions {
    float temperature = 0.6F;  ///< 0 = greedy (argmax, lowest id on a tie)
    float topP = 0.9F;         ///< keeps tokens whose preceding cumulative probability is <= topP; 1 = off
    std::int64_t topK = 0;     ///< 0 = off
    float minP = 0.0F;         ///< drops tokens below minP * most likely; 0 = off
    float repetitionPenalty =
        1.0F;  ///< > 1 divides positive logits of seen tokens (CTRL, arXiv:1909.05858); 1 = off
    std::uint64_t seed = 42;
    bool operator==(const SamplingOptions&) const = default;
};

/// Errors: invalidInput for values out of range (message names the setting and its range).
Result<void> validate(const SamplingOptions& options);

/// Tokens that may be drawn; the probability of ids[i] is weights[i] / total.
struct TokenDistribution {
    std::vector<std::int32_t> ids;
    std::vector<double> weights;
    double total = 0.0;
};

/// Picks the next token. Deterministic for a seed, whatever the number of threads. One thread at a time.
class Sampler {
public:
    explicit Sampler(const SamplingOptions& options);
    /// logits: [vocab]. `history`: tokens so far (prompt and generated), for the repetition penalty.
    TokenId pick(std::span<const float> logits, std::span<const TokenId> history);

    /// What pick() draws from: all settings applied, most likely first (ties: lowest id) unless every token
    /// may be drawn; one token where the settings are greedy. Valid until the next call.
    const TokenDistribution& distribution(std::span<const float> logits, std::span<const TokenId> history);
    /// A token of `from`. Greedy settings use up no random number, others one.
    TokenId draw(const TokenDistribution& from);
    /// As pick(), given a `draft` that was drawn from `drafted`: the draft with probability min(1, p / q),
    /// else a token from max(0, p - q), normalized. The result is distributed as pick()'s whatever `drafted`
    /// is. Leviathan et al. 2023, arXiv:2211.17192, algorithm 1.
    TokenId verify(std::span<const float> logits, std::span<const TokenId> history, TokenId draft,
                   const TokenDistribution& drafted);

private:
    void penalize(std::span<const float> logits, std::span<const TokenId> history);
    /// Fills distribution_ from scores_, but for the total.
    void nucleus();

    SamplingOptions options_;
    std::uint64_t state_;
    std::vector<float> scores_;
    TokenDistribution distribution_;
    std::vector<double> shares_;  // [vocab], 0 between calls
};

}  // namespace engine
