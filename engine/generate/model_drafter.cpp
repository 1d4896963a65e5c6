#include "engine/generate/model_drafter.h"

#include <algorithm>

namespace engine {
namespace {

/// Guesses must not depend on the random numbers that decide about them.
SamplingOptions withOwnSeed(SamplingOptions options) {
    options.seed ^= 0xd1af7edd1af7edd1ULL;
    return options;
}

}  // namespace

ModelDrafter::ModelDrafter(Session& session, const SamplingOptions& sampling, std::int64_t vocab)
    : session_(session),
      sampler_(withOwnSeed(sampling)),
      vocab_(static_cast<std::size_t>(std::min(vocab, session.model().output().weight.rows))),
      greedy_(sampling.temperature == 0.0F) {}

Result<Draft> ModelDrafter::draft(std::span<const TokenId> text, std::int64_t most, std::stop_token stop) {
    // The last guess needs no place: it is drawn from the logits of the one before.
    const auto room = session_.context() - static_cast<std::int64_t>(text.size()) + 1;
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(0, std::min(most, room)));
    tokens_.clear();
    if (count == 0)
        return Draft{};
    const auto& held = session_.history();
    const auto limit = std::min(held.size(), text.size() - 1);
    const auto common =
        std::mismatch(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(limit), text.begin()).first -
        held.begin();
    session_.rewind(common);
    auto logits = session_.prefill(text.subspan(static_cast<std::size_t>(common)), stop);
    from_.resize(std::max(from_.size(), greedy_ ? 0 : count));
    for (std::size_t i = 0;; ++i) {
        if (!logits)
            return logits.error();
        const auto& distribution = sampler_.distribution(logits->first(vocab_), session_.history());
        tokens_.push_back(sampler_.draw(distribution));
        if (!greedy_)
            from_[i] = distribution;
        if (i + 1 == count)
            break;
        logits = session_.decode(tokens_.back());
    }
    return Draft{tokens_, std::span(from_).first(greedy_ ? 0 : count)};
}

}  // namespace engine
