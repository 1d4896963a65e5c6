#include "engine/evaluate/smoke.h"

#include <cstdio>

#include "engine/evaluate/divergence.h"
#include "engine/evaluate/evaluated_models.h"

namespace engine {
namespace {

struct NamedPrompt {
    const char* name;
    const char* text;
};
constexpr NamedPrompt kPrompts[] = {
    {"facts", "Name the capital of France and one river that runs through it."},
    {"arithmetic", "A farmer has 17 sheep and buys 5 more. How many sheep are there now? Explain briefly."},
    {"list", "List three things that a person needs for a picnic, one per line."},
    {"rewrite", "Rewrite in plain words: The precipitation impeded our perambulation."},
};

std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, "%.0f %%", 100.0 * share);
    return text;
}

GenerationRequest greedy(const char* prompt, std::int64_t maxTokens) {
    GenerationRequest request;
    request.messages = {{Role::user, prompt}};
    request.sampling.temperature = 0.0F;
    request.maxTokens = maxTokens;
    return request;
}

/// Logits of every position that predicts one of the answer's tokens, [answer, vocab].
Result<std::vector<float>> answerLogits(Session& session, std::span<const TokenId> text, std::size_t answer,
                                        const std::stop_token& stop) {
    const auto first = static_cast<std::int64_t>(text.size() - answer) - 1;
    std::vector<float> rows;
    session.rewind(0);
    auto done = session.forwardAll(
        text.first(text.size() - 1),
        [&](std::int64_t position, std::span<const float> logits) {
            if (position >= first)
                rows.insert(rows.end(), logits.begin(), logits.end());
        },
        stop);
    if (!done)
        return done.error();
    return rows;
}

/// Fills in how the model predicts the baseline's answer; sums the divergences.
Result<double> follow(const EvaluatedModels& models, const GenerationRecord& baseline, SmokePrompt& result,
                      const std::stop_token& stop) {
    auto text = baseline.promptTokens;
    text.insert(text.end(), baseline.tokens.begin(), baseline.tokens.end());
    auto expected = answerLogits(models.reference->session(), text, baseline.tokens.size(), stop);
    if (!expected)
        return expected.error().in("baseline");
    auto actual = answerLogits(models.model->session(), text, baseline.tokens.size(), stop);
    if (!actual)
        return actual.error();
    const auto vocab = expected->size() / baseline.tokens.size();
    double kl = 0.0;
    std::int64_t same = 0;
    for (std::size_t t = 0; t < baseline.tokens.size(); ++t) {
        const auto d = divergence(std::span(*expected).subspan(t * vocab, vocab),
                                  std::span(*actual).subspan(t * vocab, vocab));
        kl += d.kl;
        same += d.sameTop1 ? 1 : 0;
    }
    result.tokens = static_cast<std::int64_t>(baseline.tokens.size());
    result.top1Agreement = static_cast<double>(same) / static_cast<double>(result.tokens);
    result.klMean = kl / static_cast<double>(result.tokens);
    return kl;
}

std::string problemOf(const SmokePrompt& prompt, const SmokeRequest& request) {
    if (prompt.stammers && !prompt.baselineStammers)
        return "the answer goes round in a circle, the baseline's does not";
    if (prompt.top1Agreement < request.leastAgreementEach)
        return "agrees with the baseline in " + percent(prompt.top1Agreement) + " of the tokens, least " +
               percent(request.leastAgreementEach);
    return {};
}

}  // namespace

bool stammers(std::span<const TokenId> tokens) {
    constexpr std::size_t kSpan = 24;
    constexpr std::size_t kLongest = 8;
    if (tokens.size() < kSpan)
        return false;
    const auto end = tokens.last(kSpan);
    for (std::size_t period = 1; period <= kLongest; ++period) {
        std::size_t i = period;
        while (i < kSpan && end[i] == end[i - period])
            ++i;
        if (i == kSpan)
            return true;
    }
    return false;
}

Result<SmokeResult> evaluateSmoke(const SmokeRequest& request,
                                  const std::function<void(std::int64_t, std::int64_t)>& progress,
                                  std::stop_token stop) {
    auto models = EvaluatedModels::load(request.model, request.baseline, stop);
    if (!models)
        return models.error();
    if (const auto tokenizer = models->tokenizer(); !tokenizer)
        return tokenizer.error();
    if (models->reference->generator() == nullptr)
        return models->reference->tokenizerError()->in("baseline");

    SmokeResult result;
    double kl = 0.0;
    double same = 0.0;
    double tokens = 0.0;
    for (const auto& [name, text] : kPrompts) {
        SmokePrompt prompt;
        prompt.name = name;
        prompt.prompt = text;
        const auto asked = greedy(text, request.maxTokens);
        const auto baseline = models->reference->generator()->run(asked, {}, stop);
        if (!baseline)
            return baseline.error().in("baseline");
        if (baseline->finishReason == FinishReason::cancelled)
            return Error{ErrorCode::cancelled, "stopped"};
        if (baseline->tokens.empty())
            return Error{ErrorCode::invalidInput,
                         "the baseline answers nothing to \"" + prompt.prompt + "\"; choose another"};
        const auto sum = follow(*models, *baseline, prompt, stop);
        if (!sum)
            return sum.error();
        const auto own = models->model->generator()->run(asked, {}, stop);
        if (!own)
            return own.error();
        if (own->finishReason == FinishReason::cancelled)
            return Error{ErrorCode::cancelled, "stopped"};
        prompt.baselineText = baseline->text;
        prompt.text = own->text;
        prompt.baselineStammers = stammers(baseline->tokens);
        prompt.stammers = stammers(own->tokens);
        prompt.problem = problemOf(prompt, request);
        if (result.problem.empty() && !prompt.problem.empty())
            result.problem = prompt.name + ": " + prompt.problem;
        kl += *sum;
        same += prompt.top1Agreement * static_cast<double>(prompt.tokens);
        tokens += static_cast<double>(prompt.tokens);
        result.prompts.push_back(std::move(prompt));
        if (progress)
            progress(static_cast<std::int64_t>(result.prompts.size()), std::ssize(kPrompts));
    }
    result.top1Agreement = same / tokens;
    result.klMean = kl / tokens;
    if (result.problem.empty() && result.top1Agreement < request.leastAgreement)
        result.problem = "agrees with the baseline in " + percent(result.top1Agreement) +
                         " of the tokens, least " + percent(request.leastAgreement);
    result.passed = result.problem.empty();
    return result;
}

}  // namespace engine
