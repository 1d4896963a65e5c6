#include "engine/compare/reference_scores.h"

#include <algorithm>
#include <system_error>

#include "engine/evaluate/divergence.h"

namespace engine {

std::optional<NpyArray> ReferenceScores::logitsOf(WorkerClient& worker, const std::stop_token& stop) const {
    if (answer_.empty() || folder_.path().empty())
        return std::nullopt;
    auto forced = prompt_;
    forced.insert(forced.end(), answer_.begin(), answer_.end() - 1);
    const auto file = folder_.path() / "logits.npy";
    const auto from = static_cast<std::int64_t>(prompt_.size()) - 1;
    if (auto scored = worker.logits({forced, images_}, from, file, stop); !scored)
        return std::nullopt;
    auto logits = readNpy(file);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    if (!logits || logits->shape.size() != 2)
        return std::nullopt;
    return std::move(*logits);
}

void ReferenceScores::setReference(const LaneResult& reference, WorkerClient& worker,
                                   const std::stop_token& stop) {
    name_ = reference.spec.name;
    prompt_ = reference.record->promptTokens;
    answer_ = reference.record->tokens;
    vocabulary_ = reference.loaded->config.vocabSize;
    if (auto logits = logitsOf(worker, stop))
        logits_ = std::move(*logits);
}

std::optional<Agreement> ReferenceScores::agreementOf(const LaneResult& lane, WorkerClient& worker,
                                                      const std::stop_token& stop) {
    if (logits_.data.empty())
        return std::nullopt;
    const auto logits = logitsOf(worker, stop);
    if (!logits || logits->shape != logits_.shape)
        return std::nullopt;
    const auto rows = static_cast<std::size_t>(logits->shape[0]);
    const auto vocab = static_cast<std::size_t>(logits->shape[1]);
    Agreement agreement;
    agreement.lane = lane.spec.name;
    agreement.reference = name_;
    double kl = 0.0;
    std::size_t same = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        const auto d = divergence(std::span(logits_.data).subspan(r * vocab, vocab),
                                  std::span(logits->data).subspan(r * vocab, vocab));
        kl += d.kl;
        same += d.sameTop1 ? 1 : 0;
    }
    agreement.klMean = kl / static_cast<double>(rows);
    agreement.top1 = static_cast<double>(same) / static_cast<double>(rows);
    const auto& actual = lane.record->tokens;
    const auto differ = std::mismatch(answer_.begin(), answer_.end(), actual.begin(), actual.end());
    if (differ.first != answer_.end() || differ.second != actual.end())
        agreement.firstDivergence = differ.first - answer_.begin();
    return agreement;
}

std::string ReferenceScores::whyNotScored(const LaneResult& lane) const {
    if (!lane.record || lane.record->tokens.empty())
        return "the lane has no answer";
    if (answer_.empty())
        return "the reference lane has no answer";
    // Equal ids mean equal texts only in one vocabulary.
    if (lane.loaded->config.vocabSize != vocabulary_ || lane.record->promptTokens != prompt_)
        return "this lane reads the prompt as other tokens than the reference, which cannot score its answer";
    return {};
}

void ReferenceScores::score(LaneResult& lane, WorkerClient& reference, const std::stop_token& stop) const {
    lane.tokens.reason = whyNotScored(lane);
    if (!lane.tokens.reason.empty())
        return;
    auto tokens = prompt_;
    tokens.insert(tokens.end(), lane.record->tokens.begin(), lane.record->tokens.end());
    auto scores = reference.score({tokens, images_}, static_cast<std::int64_t>(prompt_.size()), stop);
    if (scores)
        lane.tokens.scores = std::move(*scores);
    else
        lane.tokens.reason = scores.error().message;
}

}  // namespace engine
