#include "engine/runtime/session.h"

#include <algorithm>
#include <string>

#include "engine/runtime/forward.h"

namespace engine {

Session::Session(std::shared_ptr<const Model> model, KvCache cache, ThreadTeam& team)
    : model_(std::move(model)),
      cache_(std::move(cache)),
      rope_(makeRopeTable(model_->config().rope, model_->config().headDim, cache_.capacity())),
      forward_(std::make_unique<Forward>(*model_, cache_, rope_, team)) {}

Session::~Session() = default;

std::int64_t Session::activationBytes() const {
    return forward_->bytes();
}

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<const Model> model,
                                                 const SessionOptions& options, ThreadTeam& team) {
    const auto& config = model->config();
    if (options.context < 0 || (config.contextLength > 0 && options.context > config.contextLength))
        return Error{ErrorCode::invalidInput, "context: " + std::to_string(options.context) +
                                                  " is outside 1 to " + std::to_string(config.contextLength) +
                                                  ", the model's window"};
    const std::int64_t own =
        config.contextLength > 0 ? std::min(config.contextLength, kDefaultContext) : kDefaultContext;
    auto cache = KvCache::create(config, options.context > 0 ? options.context : own, options.kv);
    if (!cache)
        return cache.error();
    return std::unique_ptr<Session>(new Session(std::move(model), std::move(*cache), team));
}

Result<void> Session::accepts(std::span<const TokenId> tokens) const {
    if (tokens.empty())
        return Error{ErrorCode::invalidInput, "there are no tokens to process; give a prompt"};
    const auto needed = position() + static_cast<std::int64_t>(tokens.size());
    if (needed > context())
        return Error{ErrorCode::contextOverflow,
                     "the context holds " + std::to_string(context()) + " tokens, " + std::to_string(needed) +
                         " are needed; shorten the prompt, start anew or raise --context"};
    for (const TokenId token : tokens)
        if (raw(token) < 0 || raw(token) >= model_->embedding().rows)
            return Error{ErrorCode::invalidInput, "token " + std::to_string(raw(token)) +
                                                      " is outside the vocabulary of " +
                                                      std::to_string(model_->embedding().rows)};
    return {};
}

std::size_t Session::runSome(std::span<const TokenId> tokens, Wanted wanted, const std::stop_token& stop) {
    const auto most = wanted == Wanted::all ? Forward::kLogitsChunk : Forward::kChunk;
    const auto room = static_cast<std::size_t>(cache_.room(computed_));
    const auto chunk = tokens.first(std::min({tokens.size(), most, room}));
    auto logits = Forward::Logits::none;
    if (wanted == Wanted::all)
        logits = Forward::Logits::all;
    else if (wanted == Wanted::last && chunk.size() == tokens.size())
        logits = Forward::Logits::last;
    cache_.open(computed_);
    if (!forward_->run(chunk, computed_, logits, stop))
        return 0;
    computed_ += static_cast<std::int64_t>(chunk.size());
    return chunk.size();
}

bool Session::restore(const std::stop_token& stop) {
    while (computed_ < position()) {
        const auto missing = std::span(history_).subspan(static_cast<std::size_t>(computed_));
        if (runSome(missing, Wanted::none, stop) == 0)
            return false;
    }
    return true;
}

Result<std::span<const float>> Session::prefill(std::span<const TokenId> tokens, std::stop_token stop) {
    if (auto ok = accepts(tokens); !ok)
        return ok.error();
    if (!restore(stop))
        return Error{ErrorCode::cancelled, "prefill was stopped"};
    while (!tokens.empty()) {
        const auto done = runSome(tokens, Wanted::last, stop);
        if (done == 0)
            return Error{ErrorCode::cancelled, "prefill was stopped"};
        history_.insert(history_.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(done));
        tokens = tokens.subspan(done);
    }
    return forward_->logits();
}

Result<std::span<const float>> Session::decode(TokenId token) {
    return prefill(std::span(&token, 1));
}

Result<std::span<const float>> Session::verify(std::span<const TokenId> tokens) {
    static_assert(kMostVerified <= Forward::kFewTokens);
    if (auto ok = accepts(tokens); !ok)
        return ok.error();
    if (tokens.size() > static_cast<std::size_t>(kMostVerified))
        return Error{ErrorCode::invalidInput, "at most " + std::to_string(kMostVerified) +
                                                  " tokens can be verified at once, not " +
                                                  std::to_string(tokens.size())};
    if (tokens.size() > 1 && cache_.type() == KvCache::Type::kivi2)
        return Error{ErrorCode::unsupported,
                     "drafts cannot be taken back from a kivi2 cache; use --kv bf16, f32 or int8 with them"};
    restore({});
    runSome(tokens, Wanted::all, {});
    history_.insert(history_.end(), tokens.begin(), tokens.end());
    return forward_->logits();
}

Result<void> Session::forwardAll(std::span<const TokenId> tokens,
                                 const std::function<void(std::int64_t, std::span<const float>)>& sink,
                                 std::stop_token stop) {
    if (auto ok = accepts(tokens); !ok)
        return ok.error();
    if (!restore(stop))
        return Error{ErrorCode::cancelled, "the run was stopped"};
    const auto vocab = static_cast<std::size_t>(model_->output().weight.rows);
    while (!tokens.empty()) {
        const auto first = position();
        const auto done = runSome(tokens, Wanted::all, stop);
        if (done == 0)
            return Error{ErrorCode::cancelled, "the run was stopped"};
        history_.insert(history_.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(done));
        for (std::size_t t = 0; t < done; ++t)
            sink(first + static_cast<std::int64_t>(t), forward_->logits().subspan(t * vocab, vocab));
        tokens = tokens.subspan(done);
    }
    return {};
}

void Session::rewind(std::int64_t position) {
    if (position >= this->position())
        return;
    history_.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, position)));
    computed_ = std::min(computed_, cache_.resumeAt(this->position()));
}

}  // namespace engine
