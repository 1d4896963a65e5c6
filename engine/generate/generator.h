#pragma once

#include <functional>
#include <stop_token>

#include "engine/generate/generation.h"
#include "engine/prompt/prompt_format.h"
#include "engine/runtime/session.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine {

/// Answers requests on a session: prompt, prefill, sampled decode, stop rules, time stamps, energy. The
/// session's KV entries that a new prompt begins with are reused. Belongs to the session's thread.
class Generator {
public:
    Generator(Session& session, std::shared_ptr<const Tokenizer> tokenizer, int threads);

    /// The prompt as tokens and readable text. Errors: invalidInput.
    Result<RenderedPrompt> render(const GenerationRequest& request) const;
    /// Stopping gives a record with FinishReason::cancelled and what was written so far. Errors:
    /// contextOverflow when the prompt does not fit, invalidInput for bad settings, cancelled when stopped
    /// before the first token.
    Result<GenerationRecord> run(const GenerationRequest& request,
                                 const std::function<void(const TokenEvent&)>& onToken,
                                 std::stop_token stop = {});

    PromptFormat format() const { return format_; }

private:
    bool isStop(TokenId id) const;
    bool continuesText(const std::vector<Message>& messages) const;

    Session& session_;
    std::shared_ptr<const Tokenizer> tokenizer_;
    PromptFormat format_;
    std::vector<TokenId> stopTokens_;
    int threads_;
};

}  // namespace engine
