#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "engine/generate/drafter.h"
#include "engine/generate/generation.h"
#include "engine/generate/token_stream.h"
#include "engine/prompt/prompt_format.h"
#include "engine/runtime/session.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine {

/// Answers requests on a session: prompt, prefill, sampled decode, stop rules, time stamps, energy. The
/// session's KV entries that a new prompt begins with are reused. Belongs to the session's thread.
class Generator {
public:
    /// `draft`: a session of a second model with the same vocabulary, on the same thread team; null without.
    Generator(Session& session, std::shared_ptr<const Tokenizer> tokenizer, int threads,
              Session* draft = nullptr);

    /// The prompt as tokens and readable text. Errors: invalidInput.
    Result<RenderedPrompt> render(const GenerationRequest& request) const;
    /// Stopping gives a record with FinishReason::cancelled and what was written so far. Errors:
    /// contextOverflow when the prompt does not fit, unsupported for images that this model or its tools
    /// cannot take, invalidInput for bad settings and for drafts of a model
    /// that there is not, cancelled when stopped before the first token.
    Result<GenerationRecord> run(const GenerationRequest& request,
                                 const std::function<void(const TokenEvent&)>& onToken,
                                 std::stop_token stop = {});

    PromptFormat format() const { return format_; }

private:
    bool isStop(TokenId id) const;
    Result<RenderedPrompt> rendered(const GenerationRequest& request) const;
    Result<void> acceptsImages(const GenerationRequest& request) const;
    bool continuesText(const std::vector<Message>& messages) const;
    Result<void> accepts(const GenerationRequest& request) const;
    std::unique_ptr<Drafter> drafterFor(const GenerationRequest& request) const;
    SpeculationResult resultOf(SpeculationKind kind, const TokenStream& stream) const;

    Session& session_;
    std::shared_ptr<const Tokenizer> tokenizer_;
    PromptFormat format_;
    std::vector<TokenId> stopTokens_;
    int threads_;
    Session* draft_;
};

}  // namespace engine
