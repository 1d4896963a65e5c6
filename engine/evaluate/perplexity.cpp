#include "engine/evaluate/perplexity.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "engine/base/mapped_file.h"
#include "engine/evaluate/divergence.h"
#include "engine/evaluate/evaluated_models.h"

namespace engine {
namespace {

Result<std::vector<TokenId>> readTokens(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    if (bytes.size() % 2 != 0)
        return Error{ErrorCode::corrupt,
                     path.string() + " has an odd number of bytes; token files hold 16-bit ids"};
    std::vector<TokenId> tokens(bytes.size() / 2);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        std::uint16_t id = 0;
        std::memcpy(&id, bytes.data() + 2 * i, 2);
        tokens[i] = TokenId{id};
    }
    return tokens;
}

Result<std::vector<TokenId>> tokenizeFile(const std::filesystem::path& path, const EvaluatedModels& models) {
    const auto tokenizer = models.tokenizer();
    if (!tokenizer)
        return tokenizer.error();
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    std::vector<TokenId> tokens;
    if (const auto begin = (*tokenizer)->beginOfText(); begin && (*tokenizer)->addsBeginOfText())
        tokens.push_back(*begin);
    const auto text = (*tokenizer)->encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    tokens.insert(tokens.end(), text.begin(), text.end());
    return tokens;
}

/// Targets are looked up in the logits, so every id must be one of them.
Result<void> checkIds(const std::vector<TokenId>& tokens, std::int64_t vocab) {
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (raw(tokens[i]) < 0 || raw(tokens[i]) >= vocab)
            return Error{ErrorCode::invalidInput,
                         "token " + std::to_string(raw(tokens[i])) + " at position " + std::to_string(i) +
                             " is outside the vocabulary of " + std::to_string(vocab) +
                             "; the ids were made with another tokenizer"};
    return {};
}

/// Means per window, which the intervals are drawn from, and what is pooled over all scored targets.
struct Totals {
    std::vector<double> windowNll;
    double nll = 0.0;
    std::int64_t tokens = 0;
    std::vector<double> windowKl;
    std::vector<double> windowTop1;
    std::vector<double> windowNllDifference;
    std::vector<double> kl;
    std::int64_t sameTop1 = 0;
    double nllDifference = 0.0;
    double squaredDeltaP = 0.0;
};

/// Calls sink(target, logits) for the targets behind the last `targets.size()` inputs.
Result<void> forEachTarget(Session& session, std::span<const TokenId> inputs, std::size_t targets,
                           const std::function<void(std::size_t, std::span<const float>)>& sink,
                           const std::stop_token& stop) {
    const auto first = static_cast<std::int64_t>(inputs.size() - targets);
    session.rewind(0);
    return session.forwardAll(
        inputs,
        [&](std::int64_t position, std::span<const float> logits) {
            if (position >= first)
                sink(static_cast<std::size_t>(position - first), logits);
        },
        stop);
}

Result<void> scoreWindow(Totals& totals, Session& session, Session* reference,
                         std::span<const TokenId> inputs, std::span<const TokenId> targets,
                         const std::stop_token& stop) {
    std::vector<double> nll(targets.size());
    std::vector<float> rows;  // [targets, vocab], kept for the reference
    auto done = forEachTarget(
        session, inputs, targets.size(),
        [&](std::size_t t, std::span<const float> logits) {
            nll[t] = negativeLogLikelihood(logits, raw(targets[t]));
            if (reference != nullptr)
                rows.insert(rows.end(), logits.begin(), logits.end());
        },
        stop);
    if (!done)
        return done.error();
    const auto count = static_cast<double>(targets.size());
    const double sum = std::accumulate(nll.begin(), nll.end(), 0.0);
    totals.windowNll.push_back(sum / count);
    totals.nll += sum;
    totals.tokens += static_cast<std::int64_t>(targets.size());
    if (reference == nullptr)
        return {};

    double kl = 0.0;
    double difference = 0.0;
    std::int64_t same = 0;
    done = forEachTarget(
        *reference, inputs, targets.size(),
        [&](std::size_t t, std::span<const float> expected) {
            const auto lane = std::span<const float>(rows).subspan(t * expected.size(), expected.size());
            const auto d = divergence(expected, lane);
            const double expectedNll = negativeLogLikelihood(expected, raw(targets[t]));
            const double deltaP = std::exp(-nll[t]) - std::exp(-expectedNll);
            totals.kl.push_back(d.kl);
            totals.squaredDeltaP += deltaP * deltaP;
            kl += d.kl;
            difference += nll[t] - expectedNll;
            same += d.sameTop1 ? 1 : 0;
        },
        stop);
    if (!done)
        return done.error();
    totals.windowKl.push_back(kl / count);
    totals.windowTop1.push_back(static_cast<double>(same) / count);
    totals.windowNllDifference.push_back(difference / count);
    totals.nllDifference += difference;
    totals.sameTop1 += same;
    return {};
}

EvaluationResult conclude(const Totals& totals) {
    const auto tokens = static_cast<double>(totals.tokens);
    EvaluationResult result;
    result.tokens = totals.tokens;
    result.nll = totals.nll / tokens;
    result.perplexity = std::exp(result.nll);
    if (const auto interval = bootstrapMean95(totals.windowNll))
        result.ci95 = Interval{std::exp(interval->low), std::exp(interval->high)};
    if (totals.kl.empty())
        return result;
    result.klMean = mean(totals.kl);
    result.klCi95 = bootstrapMean95(totals.windowKl);
    result.klP99 = percentile(totals.kl, 0.99);
    result.top1Agreement = static_cast<double>(totals.sameTop1) / tokens;
    result.top1Ci95 = bootstrapMean95(totals.windowTop1);
    result.lnPerplexityRatio = totals.nllDifference / tokens;
    result.lnPerplexityRatioCi95 = bootstrapMean95(totals.windowNllDifference);
    result.rmsDeltaP = std::sqrt(totals.squaredDeltaP / tokens);
    return result;
}

}  // namespace

Result<EvaluationResult> evaluate(const EvaluationRequest& request,
                                  const std::function<void(std::int64_t, std::int64_t)>& progress,
                                  std::stop_token stop) {
    auto models = EvaluatedModels::load(request.model, request.reference, stop);
    if (!models)
        return models.error();
    const auto& [model, reference] = *models;
    auto tokens = request.tokens.empty() ? tokenizeFile(request.text, *models) : readTokens(request.tokens);
    if (!tokens)
        return tokens.error();
    if (auto valid = checkIds(*tokens, model->model().output().weight.rows); !valid)
        return valid.error();

    auto context = model->session().context();
    if (reference)
        context = std::min(context, reference->session().context());
    const auto window = request.window > 0 ? request.window : std::min<std::int64_t>(512, context);
    const auto stride = request.stride > 0 ? request.stride : window;
    if (window > context || stride > window)
        return Error{ErrorCode::invalidInput,
                     "window " + std::to_string(window) + " and stride " + std::to_string(stride) +
                         ": give stride <= window <= " + std::to_string(context) + " (the context)"};
    const auto available = static_cast<std::int64_t>(tokens->size());
    if (available < window + 1)
        return Error{ErrorCode::invalidInput, "the text has " + std::to_string(available) +
                                                  " tokens, one window needs " + std::to_string(window + 1) +
                                                  "; give a longer text or a smaller --window"};
    auto windows = (available - 1 - window) / stride + 1;
    if (request.limit > 0)
        windows = std::min(windows, request.limit);

    Totals totals;
    const std::span<const TokenId> all(*tokens);
    for (std::int64_t w = 0; w < windows; ++w) {
        const auto begin = static_cast<std::size_t>(w * stride);
        const auto size = static_cast<std::size_t>(window);
        const auto scored =
            w == 0 ? size : static_cast<std::size_t>(stride);  // the first window has no overlap
        auto done =
            scoreWindow(totals, model->session(), reference ? &reference->session() : nullptr,
                        all.subspan(begin, size), all.subspan(begin + 1 + size - scored, scored), stop);
        if (!done)
            return done.error();
        if (progress)
            progress(w + 1, windows);
    }
    auto result = conclude(totals);
    result.kernels = model->model().plan().summary();
    return result;
}

}  // namespace engine
