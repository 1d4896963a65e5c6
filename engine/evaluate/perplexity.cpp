#include "engine/evaluate/perplexity.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/mapped_file.h"
#include "engine/evaluate/divergence.h"

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

Result<std::vector<TokenId>> tokenizeFile(const std::filesystem::path& path, const LocalModel& model) {
    if (model.tokenizer() == nullptr)
        return *model.tokenizerError();
    auto file = MappedFile::open(path);
    if (!file)
        return file.error();
    const auto bytes = (*file)->bytes();
    std::vector<TokenId> tokens;
    if (const auto begin = model.tokenizer()->beginOfText(); begin && model.tokenizer()->addsBeginOfText())
        tokens.push_back(*begin);
    const auto text = model.tokenizer()->encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
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

/// Sums over all scored targets.
struct Totals {
    std::vector<double> windowNll;  // mean per window, for the interval
    double nll = 0.0;
    std::int64_t tokens = 0;
    std::vector<double> kl;
    std::int64_t sameTop1 = 0;
};

/// Logits of the targets from `first` on, [count, vocab].
Result<std::vector<float>> windowLogits(Session& session, std::span<const TokenId> inputs, std::int64_t first,
                                        const std::stop_token& stop) {
    std::vector<float> rows;
    session.rewind(0);
    auto done = session.forwardAll(
        inputs,
        [&](std::int64_t position, std::span<const float> logits) {
            if (position >= first)
                rows.insert(rows.end(), logits.begin(), logits.end());
        },
        stop);
    if (!done)
        return done.error();
    return rows;
}

Result<void> scoreWindow(Totals& totals, Session& session, Session* reference,
                         std::span<const TokenId> inputs, std::span<const TokenId> targets,
                         const std::stop_token& stop) {
    const auto first = static_cast<std::int64_t>(inputs.size() - targets.size());
    auto logits = windowLogits(session, inputs, first, stop);
    if (!logits)
        return logits.error();
    const auto vocab = logits->size() / targets.size();
    const auto row = [&](const std::vector<float>& all, std::size_t t) {
        return std::span(all).subspan(t * vocab, vocab);
    };
    double sum = 0.0;
    for (std::size_t t = 0; t < targets.size(); ++t)
        sum += negativeLogLikelihood(row(*logits, t), raw(targets[t]));
    totals.windowNll.push_back(sum / static_cast<double>(targets.size()));
    totals.nll += sum;
    totals.tokens += static_cast<std::int64_t>(targets.size());
    if (reference == nullptr)
        return {};
    auto expected = windowLogits(*reference, inputs, first, stop);
    if (!expected)
        return expected.error();
    for (std::size_t t = 0; t < targets.size(); ++t) {
        const auto d = divergence(row(*expected, t), row(*logits, t));
        totals.kl.push_back(d.kl);
        totals.sameTop1 += d.sameTop1 ? 1 : 0;
    }
    return {};
}

EvaluationResult conclude(const Totals& totals) {
    EvaluationResult result;
    result.tokens = totals.tokens;
    result.nll = totals.nll / static_cast<double>(totals.tokens);
    result.perplexity = std::exp(result.nll);
    if (const auto interval = bootstrapMean95(totals.windowNll))
        result.ci95 = Interval{std::exp(interval->low), std::exp(interval->high)};
    if (!totals.kl.empty()) {
        result.klMean = mean(totals.kl);
        result.klP99 = percentile(totals.kl, 0.99);
        result.top1Agreement = static_cast<double>(totals.sameTop1) / static_cast<double>(totals.tokens);
    }
    return result;
}

}  // namespace

Result<EvaluationResult> evaluate(const EvaluationRequest& request,
                                  const std::function<void(std::int64_t, std::int64_t)>& progress,
                                  std::stop_token stop) {
    auto model = LocalModel::load(request.model, {}, stop);
    if (!model)
        return model.error();
    std::unique_ptr<LocalModel> reference;
    if (request.reference) {
        auto loaded = LocalModel::load(*request.reference, {}, stop);
        if (!loaded)
            return loaded.error().in("reference");
        reference = std::move(*loaded);
        if (reference->model().output().weight.rows != (*model)->model().output().weight.rows)
            return Error{ErrorCode::invalidInput,
                         "the reference has another vocabulary, so its probabilities cannot be compared"};
    }
    auto tokens = request.tokens.empty() ? tokenizeFile(request.text, **model) : readTokens(request.tokens);
    if (!tokens)
        return tokens.error();
    if (auto valid = checkIds(*tokens, (*model)->model().output().weight.rows); !valid)
        return valid.error();

    auto context = (*model)->session().context();
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
            scoreWindow(totals, (*model)->session(), reference ? &reference->session() : nullptr,
                        all.subspan(begin, size), all.subspan(begin + 1 + size - scored, scored), stop);
        if (!done)
            return done.error();
        if (progress)
            progress(w + 1, windows);
    }
    auto result = conclude(totals);
    result.kernels = (*model)->model().plan().summary();
    return result;
}

}  // namespace engine
