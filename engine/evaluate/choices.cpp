#include "engine/evaluate/choices.h"

#include <algorithm>

#include "engine/evaluate/choice_file.h"
#include "engine/evaluate/divergence.h"
#include "engine/evaluate/evaluated_models.h"
#include "engine/generate/image_context.h"
#include "engine/metrics/proportions.h"

namespace engine {
namespace {

/// A question's choices as tokens; all texts begin alike up to `start`, where the choices' own tokens begin.
struct TokenizedQuestion {
    std::vector<std::vector<TokenId>> texts;
    std::vector<std::size_t> start;
};

/// `image`: the token that stands for the question's picture, which is there.
TokenizedQuestion tokenized(const ChoiceQuestion& question, const Tokenizer& tokenizer, TokenId image) {
    const auto encode = [&](const std::string& text) {
        auto ids = tokenizer.encode(text);
        if (!question.image.empty())
            ids.insert(ids.begin(), image);
        if (const auto begin = tokenizer.beginOfText(); begin && tokenizer.addsBeginOfText())
            ids.insert(ids.begin(), *begin);
        return ids;
    };
    const auto prompt = question.question + "\nAnswer:";
    const auto asked = encode(prompt);
    TokenizedQuestion result;
    for (const auto& choice : question.choices) {
        auto text = encode(prompt + " " + choice);
        // A tokenizer may join the question's end with the choice: what differs counts as the choice's.
        const auto common = std::mismatch(asked.begin(), asked.end(), text.begin(), text.end()).second;
        const auto start = static_cast<std::size_t>(common - text.begin());
        result.start.push_back(std::clamp<std::size_t>(start, 1, text.size() - 1));
        result.texts.push_back(std::move(text));
    }
    return result;
}

/// Log-likelihood of text[start..] behind text[..start).
Result<double> logLikelihood(Session& session, std::span<const TokenId> text, const TiledImages& images,
                             std::size_t start, const std::stop_token& stop) {
    const auto from = rewindToCommon(session, text, images, start - 1);
    if (auto shown = showMissing(session, images, stop); !shown)
        return shown.error();
    double sum = 0.0;
    auto done = session.forwardAll(
        text.subspan(from, text.size() - 1 - from),
        [&](std::int64_t position, std::span<const float> logits) {
            const auto next = static_cast<std::size_t>(position) + 1;
            if (next >= start)
                sum -= negativeLogLikelihood(logits, raw(text[next]));
        },
        stop);
    if (!done)
        return done.error();
    return sum;
}

Result<ChoiceScore> score(Session& session, const ChoiceQuestion& question, const TokenizedQuestion& tokens,
                          const SharedImages& image, const std::stop_token& stop) {
    const auto tiled = tileImages(image, session.model().config());
    if (!tiled)
        return tiled.error();
    ChoiceScore result;
    std::vector<double> perByte;
    for (std::size_t i = 0; i < question.choices.size(); ++i) {
        const auto likelihood = logLikelihood(session, tokens.texts[i], *tiled, tokens.start[i], stop);
        if (!likelihood)
            return likelihood.error();
        result.logLikelihood.push_back(*likelihood);
        perByte.push_back(*likelihood / static_cast<double>(question.choices[i].size()));
    }
    const auto top = [](const std::vector<double>& values) {
        return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
    };
    result.best = top(result.logLikelihood);
    result.bestPerByte = top(perByte);
    return result;
}

/// The picture of a question, if it has one.
Result<SharedImages> imageOf(const ChoiceQuestion& question, const ChoicesRequest& request) {
    if (question.image.empty())
        return SharedImages{};
    if (!request.readImage)
        return Error{ErrorCode::unsupported, "there is nothing here that decodes " + question.image.string()};
    auto image = request.readImage(question.image);
    if (!image)
        return image.error();
    return SharedImages{std::make_shared<const RgbImage>(std::move(*image))};
}

ChoiceAccuracy accuracyOf(const std::vector<ChoiceScore>& scores,
                          const std::vector<ChoiceQuestion>& questions) {
    ChoiceAccuracy result;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        result.right += scores[i].best == questions[i].answer ? 1 : 0;
        result.rightPerByte += scores[i].bestPerByte == questions[i].answer ? 1 : 0;
    }
    const auto n = static_cast<std::int64_t>(scores.size());
    result.accuracy = static_cast<double>(result.right) / static_cast<double>(n);
    result.ci95 = wilson95(result.right, n);
    result.accuracyPerByte = static_cast<double>(result.rightPerByte) / static_cast<double>(n);
    result.perByteCi95 = wilson95(result.rightPerByte, n);
    return result;
}

void compareWith(const std::vector<ChoiceScore>& reference, const std::vector<ChoiceQuestion>& questions,
                 ChoicesResult& result) {
    std::int64_t same = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const bool before = reference[i].best == questions[i].answer;
        const bool now = result.scores[i].best == questions[i].answer;
        same += reference[i].best == result.scores[i].best ? 1 : 0;
        result.lost += before && !now ? 1 : 0;
        result.gained += now && !before ? 1 : 0;
    }
    result.reference = accuracyOf(reference, questions);
    result.agreement = static_cast<double>(same) / static_cast<double>(reference.size());
    result.p = mcnemarP(result.lost, result.gained);
}

}  // namespace

Result<ChoicesResult> evaluateChoices(const ChoicesRequest& request,
                                      const std::function<void(std::int64_t, std::int64_t)>& progress,
                                      std::stop_token stop) {
    auto questions = readChoiceFile(request.file);
    if (!questions)
        return questions.error();
    if (request.limit > 0 && request.limit < static_cast<std::int64_t>(questions->size()))
        questions->resize(static_cast<std::size_t>(request.limit));
    auto models = EvaluatedModels::load(request.model, request.reference, stop);
    if (!models)
        return models.error();
    const auto tokenizer = models->tokenizer();
    if (!tokenizer)
        return tokenizer.error();

    const TokenId imageToken{static_cast<std::int32_t>(models->model->model().config().vocabSize)};
    ChoicesResult result;
    std::vector<ChoiceScore> reference;
    for (std::size_t i = 0; i < questions->size(); ++i) {
        const auto& question = (*questions)[i];
        const auto tokens = tokenized(question, **tokenizer, imageToken);
        const auto within = "question " + std::to_string(i + 1);
        const auto image = imageOf(question, request);
        if (!image)
            return image.error().in(within);
        auto scored = score(models->model->session(), question, tokens, *image, stop);
        if (!scored)
            return scored.error().in(within);
        result.scores.push_back(std::move(*scored));
        result.chance += 1.0 / static_cast<double>(question.choices.size() * questions->size());
        if (models->reference) {
            scored = score(models->reference->session(), question, tokens, *image, stop);
            if (!scored)
                return scored.error().in("reference").in(within);
            reference.push_back(std::move(*scored));
        }
        if (progress)
            progress(static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(questions->size()));
    }
    result.questions = static_cast<std::int64_t>(questions->size());
    result.model = accuracyOf(result.scores, *questions);
    if (models->reference)
        compareWith(reference, *questions, result);
    result.kernels = models->model->model().plan().summary();
    return result;
}

}  // namespace engine
