#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/generate/draft_length.h"
#include "engine/generate/drafter.h"
#include "engine/runtime/session.h"
#include "engine/sampling/sampler.h"

namespace engine {

/// The tokens of one answer, one after the other. With a drafter, several are guessed and verified in one
/// pass of the model: greedy answers are the same tokens as without, sampled ones have the same distribution,
/// and the same tokens for the same seed where guesses are certain (lookup). Belongs to the session's thread.
class TokenStream {
public:
    /// `logits` [vocab] follow `prompt`, which is what the session holds. `drafter` may be null: every token
    /// then takes a pass of its own.
    TokenStream(Session& session, Sampler& sampler, std::span<const TokenId> prompt,
                std::span<const float> logits, Drafter* drafter, std::int64_t mostDrafts);

    /// The next token. Call advance() before asking for another.
    TokenId pick();
    /// Appends the picked token and finds the logits after it. `wanted`: tokens that may still be picked, 1
    /// or more. Errors: as Session::verify and Drafter::draft.
    Result<void> advance(std::int64_t wanted, const std::stop_token& stop);
    /// Tokens of prompt and answer, without one that is picked and not appended.
    std::int64_t position() const { return static_cast<std::int64_t>(text_.size()); }
    /// Takes guesses that were not needed out of the session.
    void end() { session_.rewind(position()); }

    std::int64_t picked() const { return picks_; }
    std::int64_t drafted() const { return drafted_; }
    std::int64_t accepted() const { return accepted_; }
    std::int64_t forwards() const { return forwards_; }

private:
    bool guessed() const { return row_ < draft_.tokens.size(); }
    std::span<const float> currentLogits() const { return logits_.subspan(row_ * vocab_, vocab_); }
    Result<void> pass(std::int64_t wanted, const std::stop_token& stop);

    Session& session_;
    Sampler& sampler_;
    Drafter* drafter_;
    DraftLength length_;
    std::vector<TokenId> text_;
    std::size_t vocab_;
    std::span<const float> logits_;  // [1 + guesses, vocab] of the last pass
    Draft draft_;                    // guesses in the last pass
    std::size_t row_ = 0;            // of logits_, that the next token is picked from
    TokenId picked_{};
    std::vector<TokenId> batch_;  // tokens of a pass
    std::int64_t picks_ = 0;
    std::int64_t drafted_ = 0;
    std::int64_t accepted_ = 0;
    std::int64_t forwards_ = 0;
};

}  // namespace engine
