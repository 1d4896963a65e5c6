#include "engine/generate/token_stream.h"

#include <algorithm>

namespace engine {

TokenStream::TokenStream(Session& session, Sampler& sampler, std::span<const TokenId> prompt,
                         std::span<const float> logits, Drafter* drafter, std::int64_t mostDrafts)
    : session_(session),
      sampler_(sampler),
      drafter_(drafter),
      length_(std::clamp<std::int64_t>(mostDrafts, 1, kMostVerified - 1)),
      text_(prompt.begin(), prompt.end()),
      vocab_(logits.size()),
      logits_(logits) {
    text_.reserve(static_cast<std::size_t>(session.context()) + 1);
    batch_.reserve(static_cast<std::size_t>(kMostVerified));
}

TokenId TokenStream::pick() {
    if (guessed() && !draft_.from.empty())
        picked_ = sampler_.verify(currentLogits(), text_, draft_.tokens[row_], draft_.from[row_]);
    else  // a certain guess that a draw happens to equal is as good as one that was accepted
        picked_ = sampler_.pick(currentLogits(), text_);
    if (guessed() && picked_ == draft_.tokens[row_])
        ++accepted_;
    ++picks_;
    return picked_;
}

Result<void> TokenStream::advance(std::int64_t wanted, const std::stop_token& stop) {
    const bool held = guessed() && picked_ == draft_.tokens[row_];
    if (!held)
        end();
    text_.push_back(picked_);
    if (held) {
        ++row_;
        return {};
    }
    return pass(wanted, stop);
}

Result<void> TokenStream::pass(std::int64_t wanted, const std::stop_token& stop) {
    batch_.assign(1, text_.back());
    length_.record(static_cast<std::int64_t>(draft_.tokens.size()), static_cast<std::int64_t>(row_));
    draft_ = {};
    row_ = 0;
    // A pass gives one token more than it verifies, and every token in it needs a place in the context.
    const auto room = std::min(wanted - 1, session_.context() - position());
    if (drafter_ != nullptr && room > 0) {
        if (const auto most = std::min(length_.next(), room); most > 0) {
            auto draft = drafter_->draft(text_, most, stop);
            if (!draft)
                return draft.error();
            draft_ = *draft;
            batch_.insert(batch_.end(), draft_.tokens.begin(), draft_.tokens.end());
        }
    }
    auto logits = session_.verify(batch_);
    if (!logits)
        return logits.error();
    logits_ = *logits;
    ++forwards_;
    drafted_ += static_cast<std::int64_t>(draft_.tokens.size());
    return {};
}

}  // namespace engine
