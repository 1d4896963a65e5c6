#include "app/generation_options.h"

#include <algorithm>
#include <cstdio>

#include "app/command_line.h"
#include "app/picture_input.h"
#include "app/text_input.h"
#include "engine/generate/generation_preset.h"

namespace app {

void addGenerationOptions(CLI::App* command, GenerationOptions& options) {
    options.command = command;
    auto& request = options.request;
    auto* source = command->add_option_group("prompt", "What to answer");
    source->add_option("-p,--prompt", options.prompt,
                       "Prompt; models without chat tokens continue it as plain text");
    source->add_option("--chat", options.chat, "Dialog: JSON array of {\"role\", \"content\"}");
    source->require_option(1);
    command->add_option("--system", options.system, "System message put before the prompt");
    command->add_flag("--raw", options.raw, "Continue the prompt as it is, without a chat format");
    command->add_option("--image", options.images,
                        "Picture that the question is about (vision models; may be repeated)");
    command->add_option("-n,--max-tokens", request.maxTokens, "Tokens to generate at most")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24))
        ->capture_default_str();
    command->add_option(
        "--preset", options.preset,
        "Sampling settings by name (greedy, precise, balanced, creative); options given beside it win");
    auto& sampling = request.sampling;
    command->add_option("--temperature", sampling.temperature, "0 = greedy")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    command->add_option("--top-p", sampling.topP, "Nucleus; 1 = off")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command->add_option("--top-k", sampling.topK, "Most likely tokens kept; 0 = off")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 24))
        ->capture_default_str();
    command->add_option("--min-p", sampling.minP, "Share of the most likely token's probability; 0 = off")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command
        ->add_option("--repetition-penalty", sampling.repetitionPenalty,
                     "Divides logits of seen tokens; 1 = off")
        ->check(CLI::Range(0.01, 100.0))
        ->capture_default_str();
    command->add_option("--seed", sampling.seed, "Seed of the sampler")->capture_default_str();
    command->add_option("--stop", request.stop, "Text that ends the answer (may be repeated)");
    command->add_flag("--ignore-stop", request.ignoreStopTokens, "Generate exactly -n tokens");
    command
        ->add_option("--estimate-energy", options.estimateWatts,
                     "Where nothing measures energy: estimate from CPU time at this many watts per core")
        ->check(CLI::Range(0.01, 1000.0));
    auto* draft = command->add_option(
        "--draft", options.draft,
        "Guess several tokens and verify them in one pass: 'lookup' guesses what followed the same words "
        "before, a MODEL (smaller, same vocabulary) drafts them; greedy answers stay the same, sampled ones "
        "keep "
        "their distribution");
    command
        ->add_option("--draft-tokens", request.speculation.draftTokens,
                     "Tokens guessed per pass, at most; fewer where guesses fail (default: " +
                         std::to_string(engine::kLookupDraftTokens) + " for lookup, " +
                         std::to_string(engine::kModelDraftTokens) + " for a model)")
        ->check(CLI::Range(std::int64_t{1}, engine::kMostDraftTokens))
        ->needs(draft);
}

namespace {

constexpr std::string_view kLookup = "lookup";

/// The preset's settings under those that were given.
engine::Result<engine::SamplingOptions> samplingOf(const GenerationOptions& options) {
    const auto& given = options.request.sampling;
    if (options.preset.empty())
        return given;
    auto preset = engine::generationPreset(options.preset);
    if (!preset)
        return preset.error().in("--preset");
    auto sampling = preset->sampling;
    const auto isGiven = [&](const char* option) { return options.command->get_option(option)->count() > 0; };
    if (isGiven("--temperature"))
        sampling.temperature = given.temperature;
    if (isGiven("--top-p"))
        sampling.topP = given.topP;
    if (isGiven("--top-k"))
        sampling.topK = given.topK;
    if (isGiven("--min-p"))
        sampling.minP = given.minP;
    if (isGiven("--repetition-penalty"))
        sampling.repetitionPenalty = given.repetitionPenalty;
    sampling.seed = given.seed;
    return sampling;
}

}  // namespace

std::string draftModelOf(const GenerationOptions& options) {
    return options.draft == kLookup ? std::string() : options.draft;
}

engine::Result<engine::GenerationRequest> requestOf(const GenerationOptions& options) {
    auto images = readPictures(options.images);
    if (!images)
        return images.error().in("--image");
    auto request = options.request;
    auto sampling = samplingOf(options);
    if (!sampling)
        return sampling.error();
    request.sampling = *sampling;
    if (!options.draft.empty())
        request.speculation.kind =
            options.draft == kLookup ? engine::SpeculationKind::lookup : engine::SpeculationKind::draftModel;
    if (options.estimateWatts > 0.0) {
        request.energy.estimateFromCpuTime = true;
        request.energy.estimateWattsPerCore = options.estimateWatts;
    }
    if (!options.chat.empty()) {
        auto messages = readDialog(options.chat);
        if (!messages)
            return messages.error();
        request.messages = std::move(*messages);
        request.style = engine::PromptStyle::dialog;
    } else {
        request.messages.push_back({engine::Role::user, options.prompt});
        request.style = options.raw ? engine::PromptStyle::completion : engine::PromptStyle::automatic;
    }
    // Pictures belong to the last question.
    const auto asked = std::find_if(request.messages.rbegin(), request.messages.rend(),
                                    [](const auto& message) { return message.role == engine::Role::user; });
    if (asked != request.messages.rend())
        asked->images = std::move(*images);
    else if (!images->empty())
        return engine::Error{engine::ErrorCode::invalidInput,
                             "--image: the dialog has no user message that the image could belong to"};
    if (!options.system.empty())
        request.messages.insert(request.messages.begin(), {engine::Role::system, options.system});
    return request;
}

namespace {

/// ", lookup: 31 of 48 guesses held (64.6 %), 2.1 tokens per pass".
std::string speculationText(const engine::SpeculationResult& s) {
    std::string text =
        ", " + (s.kind == engine::SpeculationKind::lookup ? std::string("lookup") : s.draftModel) + ": " +
        std::to_string(s.accepted) + " of " + std::to_string(s.drafted) + " guesses held";
    char part[64];
    if (s.acceptance) {
        std::snprintf(part, sizeof part, " (%.1f %%)", 100.0 * *s.acceptance);
        text += part;
    }
    if (s.tokensPerForward) {
        std::snprintf(part, sizeof part, ", %.3g tokens per pass", *s.tokensPerForward);
        text += part;
    }
    if (!s.inexactKernels.empty())
        text += ", not bit for bit as without (" + s.inexactKernels + ")";
    return text;
}

}  // namespace

std::string metricsLine(const engine::GenerationRecord& record) {
    const auto& m = record.metrics;
    std::string line =
        std::to_string(m.generatedTokens) + " tokens (" + std::string(name(record.finishReason)) + ")";
    const auto add = [&](const char* label, const std::optional<double>& value, const char* unit) {
        char text[96];
        if (value)
            std::snprintf(text, sizeof text, ", %s %.4g %s", label, *value, unit);
        else
            std::snprintf(text, sizeof text, ", %s undefined", label);
        line += text;
    };
    add("TTFT", m.ttftMs, "ms");
    add("prefill", m.prefillTokensPerSecond, "tok/s");
    add("decode", m.decodeTokensPerSecond, "tok/s");
    if (record.speculation)
        line += speculationText(*record.speculation);
    if (m.imageEncodeMs)
        add("of it images", m.imageEncodeMs, "ms");
    line += ", weights " + bytesText(static_cast<double>(m.weightsBytes)) + ", peak RSS " +
            bytesText(static_cast<double>(m.peakRssBytes));
    if (m.energy.joules)
        add("energy", m.energy.joules,
            ("J (" + std::string(name(m.energy.provenance)) + ", " + m.energy.source + ")").c_str());
    else
        line += ", energy unavailable: " + m.energy.reason;
    return line;
}

}  // namespace app
