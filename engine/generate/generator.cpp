#include "engine/generate/generator.h"

#include <algorithm>

#include "engine/generate/image_context.h"
#include "engine/generate/lookup_drafter.h"
#include "engine/generate/model_drafter.h"
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

std::string_view name(SpeculationKind kind) {
    constexpr std::string_view kNames[] = {"off", "lookup", "draft"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name(PromptStyle style) {
    constexpr std::string_view kNames[] = {"automatic", "dialog", "completion"};
    return kNames[static_cast<std::size_t>(style)];
}

Generator::Generator(Session& session, std::shared_ptr<const Tokenizer> tokenizer, int threads,
                     Session* draft)
    : session_(session),
      tokenizer_(std::move(tokenizer)),
      format_(promptFormatFor(*tokenizer_)),
      stopTokens_(tokenizer_->stopTokens()),
      threads_(threads),
      draft_(draft) {
    const auto& more = session_.model().config().stopTokens;
    stopTokens_.insert(stopTokens_.end(), more.begin(), more.end());
}

bool Generator::isStop(TokenId id) const {
    return std::find(stopTokens_.begin(), stopTokens_.end(), id) != stopTokens_.end();
}

Result<void> Generator::acceptsImages(const GenerationRequest& request) const {
    if (imagesOf(request.messages).empty())
        return {};
    const auto& config = session_.model().config();
    if (!config.vision)
        return Error{ErrorCode::unsupported,
                     config.name +
                         " is a text model and cannot see images; choose a vision model or leave "
                         "the image out"};
    if (request.offersTools)
        return toolsWithImages();
    if (request.speculation.kind == SpeculationKind::draftModel)
        return Error{ErrorCode::unsupported,
                     "a model that drafts does not see images; leave --draft out, or use --draft lookup"};
    return {};
}

Result<RenderedPrompt> Generator::render(const GenerationRequest& request) const {
    if (auto ok = acceptsImages(request); !ok)
        return ok.error();
    auto prompt = rendered(request);
    // Models number their image token behind the vocabulary, tokenizers within it.
    if (const auto& config = session_.model().config(); prompt && config.vision)
        if (const auto image = tokenizer_->special("<|image|>"))
            std::replace(prompt->tokens.begin(), prompt->tokens.end(), *image,
                         TokenId{static_cast<std::int32_t>(config.vocabSize)});
    return prompt;
}

Result<RenderedPrompt> Generator::rendered(const GenerationRequest& request) const {
    if (request.style == PromptStyle::completion ||
        (request.style == PromptStyle::automatic && continuesText(request.messages))) {
        std::string text;
        for (const auto& message : request.messages)
            text += (text.empty() ? "" : "\n") + message.content;
        return renderCompletion(text, *tokenizer_, imagesOf(request.messages).size());
    }
    return renderDialog(request.messages, *tokenizer_, format_);
}

/// A lone user message to a model that was not made for dialogs, as far as its files tell.
bool Generator::continuesText(const std::vector<Message>& messages) const {
    return format_ == PromptFormat::plain && !session_.model().config().answersDialogs &&
           messages.size() == 1 && messages.front().role == Role::user;
}

Result<void> Generator::accepts(const GenerationRequest& request) const {
    if (auto ok = validate(request.sampling); !ok)
        return ok;
    if (request.maxTokens < 1)
        return Error{ErrorCode::invalidInput, "max tokens: give 1 or more"};
    const auto& [kind, draftTokens] = request.speculation;
    if (draftTokens < 0 || draftTokens > kMostDraftTokens)
        return Error{ErrorCode::invalidInput,
                     "draft tokens: " + std::to_string(draftTokens) + " is out of range; give 1 to " +
                         std::to_string(kMostDraftTokens) + ", or 0 for the default"};
    if (kind != SpeculationKind::off && session_.kvType() == KvCache::Type::kivi2)
        return Error{ErrorCode::invalidInput,
                     "drafts cannot be taken back from a kivi2 cache; use --kv bf16, f32 or int8 with them"};
    if (kind == SpeculationKind::draftModel && draft_ == nullptr)
        return Error{ErrorCode::invalidInput,
                     "drafts of a model were asked for, but none was loaded; load one with --draft MODEL"};
    return {};
}

std::unique_ptr<Drafter> Generator::drafterFor(const GenerationRequest& request) const {
    switch (request.speculation.kind) {
        case SpeculationKind::off:
            return nullptr;
        case SpeculationKind::lookup:
            return std::make_unique<LookupDrafter>();
        case SpeculationKind::draftModel:
            return std::make_unique<ModelDrafter>(*draft_, request.sampling,
                                                  session_.model().output().weight.rows);
    }
    return nullptr;
}

SpeculationResult Generator::resultOf(SpeculationKind kind, const TokenStream& stream) const {
    SpeculationResult result;
    result.kind = kind;
    result.drafted = stream.drafted();
    result.accepted = stream.accepted();
    result.forwards = stream.forwards();
    const auto ratio = [](std::int64_t part, std::int64_t whole) {
        return static_cast<double>(part) / static_cast<double>(whole);
    };
    if (result.drafted > 0)
        result.acceptance = ratio(result.accepted, result.drafted);
    if (result.forwards > 0)
        result.tokensPerForward = ratio(stream.picked() - 1, result.forwards);
    result.inexactKernels = session_.model().plan().batchDependent();
    if (kind == SpeculationKind::draftModel) {
        const auto& config = draft_->model().config();
        result.draftModel = config.name + " " + config.variant;
        result.draftWeightsBytes = draft_->model().weightsBytes();
        result.draftKvBytes = draft_->kvBytes();
    }
    return result;
}

Result<GenerationRecord> Generator::run(const GenerationRequest& request,
                                        const std::function<void(const TokenEvent&)>& onToken,
                                        std::stop_token stop) {
    if (auto ok = accepts(request); !ok)
        return ok.error();
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

    const auto imagesBegin = Clock::now();
    auto images = tileImages(imagesOf(request.messages), session_.model().config());
    if (!images)
        return images.error();
    const std::span<const TokenId> asked(prompt->tokens);
    // The last token's logits are needed.
    const auto fresh = asked.subspan(rewindToCommon(session_, asked, *images, asked.size() - 1));
    if (auto shown = showMissing(session_, *images, stop); !shown)
        return shown.error();

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
    const auto drafter = drafterFor(request);
    TokenStream stream(session_, sampler, prompt->tokens, *logits, drafter.get(),
                       request.speculation.mostDraftTokens());
    for (;;) {
        const TokenId id = stream.pick();
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
        const auto wanted = request.maxTokens - static_cast<std::int64_t>(record.tokens.size());
        if (wanted <= 0) {
            record.finishReason = FinishReason::length;
            break;
        }
        if (stream.position() >= session_.context()) {
            record.finishReason = FinishReason::contextFull;
            break;
        }
        if (stop.stop_requested()) {
            record.finishReason = FinishReason::cancelled;
            break;
        }
        if (auto ready = stream.advance(wanted, stop); !ready) {
            if (ready.error().code != ErrorCode::cancelled)
                return ready.error();
            record.finishReason = FinishReason::cancelled;
            break;
        }
    }
    stream.end();
    const auto energyResult = energy.stop(static_cast<std::int64_t>(record.tokens.size()));
    if (auto rest = matcher.push(utf8.finish()) + matcher.finish(); !rest.empty())
        emit(record.tokens.back(), std::move(rest));

    record.metrics = deriveMetrics(times, static_cast<std::int64_t>(fresh.size()));
    if (!images->empty())
        record.metrics.imageEncodeMs = milliseconds(times.prefillBegin - imagesBegin);
    record.metrics.promptTokens = static_cast<std::int64_t>(prompt->tokens.size());
    record.metrics.weightsBytes = session_.model().weightsBytes();
    record.metrics.kvBytes = session_.kvBytes();
    record.metrics.peakRssBytes = peakRssBytes().value_or(0);
    record.metrics.energy = energyResult;
    record.kernels = session_.model().plan().summary();
    record.threads = threads_;
    record.seed = request.sampling.seed;
    if (drafter)
        record.speculation = resultOf(request.speculation.kind, stream);
    return record;
}

}  // namespace engine
