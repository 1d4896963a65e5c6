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

/// Picks the next token. Deterministic for a seed, whatever the number of threads. One thread at a time.
class Sampler {
public:
    explicit Sampler(const SamplingOptions& options);
    /// logits: [vocab]. `history`: tokens so far (prompt and generated), for the repetition penalty.
    TokenId pick(std::span<const float> logits, std::span<const TokenId> history);

private:
    /// Fills order_ and weights_ with the tokens that may be drawn, most likely first (ties: lowest id)
    /// unless all of them may, and returns their number.
    std::size_t nucleus();

    SamplingOptions options_;
    std::uint64_t state_;
    std::vector<float> scores_;
    std::vector<std::int32_t> order_;
    std::vector<double> weights_;
};

}  // namespace engine
