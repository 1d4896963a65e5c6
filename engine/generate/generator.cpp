#include "engine/generate/generator.h"

#include <algorithm>

#include "engine/generate/stop_matcher.h"

namespace engine {

std::string_view name(FinishReason reason) {
    switch (reason) {
        case FinishReason::stop:
            return "stop";
        case FinishReason::length:
            return "length";
        case FinishReason::contextFull:
            return "context";
        case FinishReason::cancelled:
            return "cancelled";
    }
    return "length";
}

std::string_view name(PromptStyle style) {
    constexpr std::string_view kNames[] = {"automatic", "dialog", "completion"};
    return kNames[static_cast<std::size_t>(style)];
}

Generator::Generator(Session& session, std::shared_ptr<const Tokenizer> tokenizer, int threads)
    : session_(session),
      tokenizer_(std::move(tokenizer)),
      format_(promptFormatFor(*tokenizer_)),
      stopTokens_(tokenizer_->stopTokens()),
      threads_(threads) {
    const auto& more = session_.model().config().stopTokens;
    stopTokens_.insert(stopTokens_.end(), more.begin(), more.end());
}

bool Generator::isStop(TokenId id) const {
    return std::find(stopTokens_.begin(), stopTokens_.end(), id) != stopTokens_.end();
}

Result<RenderedPrompt> Generator::render(const GenerationRequest& request) const {
    if (request.style == PromptStyle::completion ||
        (request.style == PromptStyle::automatic && continuesText(request.messages))) {
        std::string text;
        for (const auto& message : request.messages)
            text += (text.empty() ? "" : "\n") + message.content;
        return renderCompletion(text, *tokenizer_);
    }
    return renderDialog(request.messages, *tokenizer_, format_);
}

/// A lone user message to a model that was not made for dialogs, as far as its files tell.
bool Generator::continuesText(const std::vector<Message>& messages) const {
    return format_ == PromptFormat::plain && !session_.model().config().answersDialogs &&
           messages.size() == 1 && messages.front().role == Role::user;
}

Result<GenerationRecord> Generator::run(const GenerationRequest& request,
                                        const std::function<void(const TokenEvent&)>& onToken,
                                        std::stop_token stop) {
    if (auto ok = validate(request.sampling); !ok)
        return ok.error();
    if (request.maxTokens < 1)
        return Error{ErrorCode::invalidInput, "max tokens: give 1 or more"};
    EnergyRecorder energy(request.energy);
    energy.measureIdle();

    GenerationTimes times;
    times.accepted = Clock::now();
    energy.start();
    auto prompt = render(request);
    if (!prompt)
        return prompt.error();
    if (prompt->tokens.empty())
        return Error{ErrorCode::invalidInput, "the prompt is empty"};

    // Reuse what the cache already holds, but always process at least the last token, whose logits are
    // needed.
    const auto& history = session_.history();
    const auto limit = std::min(history.size(), prompt->tokens.size() - 1);
    std::size_t common = 0;
    while (common < limit && history[common] == prompt->tokens[common])
        ++common;
    session_.rewind(static_cast<std::int64_t>(common));
    const auto fresh = std::span<const TokenId>(prompt->tokens).subspan(common);

    times.prefillBegin = Clock::now();
    auto logits = session_.prefill(fresh, stop);
    if (!logits)
        return logits.error();
    times.prefillEnd = Clock::now();

    GenerationRecord record;
    record.promptTokens = prompt->tokens;
    auto stops = request.stop;
    if (!request.ignoreStopTokens)
        stops.insert(stops.end(), prompt->stopStrings.begin(), prompt->stopStrings.end());
    StopMatcher matcher(std::move(stops));
    Utf8Stream utf8;
    // A text that starts right after begin-of-text is shown without the tokenizer's own leading space.
    bool dropSpace = tokenizer_->beginsWithSpace() && tokenizer_->beginOfText() == prompt->tokens.back();
    const auto textOf = [&](TokenId id) {
        auto bytes = tokenizer_->bytes(id);
        if (dropSpace && bytes.starts_with(' '))
            bytes.erase(0, 1);
        dropSpace = false;
        return bytes;
    };
    Sampler sampler(request.sampling);
    const auto emit = [&](TokenId id, std::string text) {
        record.text += text;
        if (onToken)
            onToken({id, std::move(text)});
    };
    for (;;) {
        const TokenId id = sampler.pick(*logits, session_.history());
        times.tokens.push_back(Clock::now());
        record.tokens.push_back(id);
        if (!request.ignoreStopTokens && isStop(id)) {
            record.finishReason = FinishReason::stop;
            break;
        }
        emit(id, matcher.push(utf8.push(textOf(id))));
        if (matcher.stopped()) {
            record.finishReason = FinishReason::stop;
            break;
        }
        if (static_cast<std::int64_t>(record.tokens.size()) >= request.maxTokens) {
            record.finishReason = FinishReason::length;
            break;
        }
        if (session_.position() >= session_.context()) {
            record.finishReason = FinishReason::contextFull;
            break;
        }
        if (stop.stop_requested()) {
            record.finishReason = FinishReason::cancelled;
            break;
        }
        logits = session_.decode(id);
        if (!logits)
            return logits.error();
    }
    const auto energyResult = energy.stop(static_cast<std::int64_t>(record.tokens.size()));
    if (auto rest = matcher.push(utf8.finish()) + matcher.finish(); !rest.empty())
        emit(record.tokens.back(), std::move(rest));

    record.metrics = deriveMetrics(times, static_cast<std::int64_t>(fresh.size()));
    record.metrics.promptTokens = static_cast<std::int64_t>(prompt->tokens.size());
    record.metrics.weightsBytes = session_.model().weightsBytes();
    record.metrics.kvBytes = session_.kvBytes();
    record.metrics.peakRssBytes = peakRssBytes().value_or(0);
    record.metrics.energy = energyResult;
    record.kernels = session_.model().plan().summary();
    record.threads = threads_;
    record.seed = request.sampling.seed;
    return record;
}

}  // namespace engine
