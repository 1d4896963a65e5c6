#include "engine/runtime/session.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "engine/runtime/forward.h"

namespace engine {

Session::Session(std::shared_ptr<const Model> model, KvCache cache, ThreadTeam& team)
    : model_(std::move(model)),
      cache_(std::move(cache)),
      rope_(makeRopeTable(model_->config().rope, model_->config().headDim, cache_.capacity())),
      team_(team),
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
    const auto& vision = model_->config().vision;
    const auto ids = model_->embedding().rows + (vision ? vision->extraEmbeddings : 0);
    std::size_t imageTokens = 0;
    for (const TokenId token : tokens) {
        if (raw(token) < 0 || raw(token) >= ids)
            return Error{ErrorCode::invalidInput, "token " + std::to_string(raw(token)) +
                                                      " is outside the vocabulary of " + std::to_string(ids)};
        imageTokens += isImage(token) ? 1 : 0;
    }
    if (imageTokens > pending_.size())
        return Error{ErrorCode::invalidInput, "the tokens hold " + std::to_string(imageTokens) +
                                                  " image tokens, but " + std::to_string(pending_.size()) +
                                                  " images were given; give one image per image token"};
    return {};
}

bool Session::isImage(TokenId token) const {
    return model_->vision() != nullptr && raw(token) == model_->config().vocabSize;
}

std::int64_t Session::imageBytes() const {
    return std::accumulate(known_.begin(), known_.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& keys) { return sum + keys->bytes(); });
}

Result<void> Session::show(std::shared_ptr<const TiledImage> image, std::stop_token stop) {
    const auto& config = model_->config();
    if (model_->vision() == nullptr)
        return Error{ErrorCode::unsupported,
                     config.name + " is a text model and cannot see images; choose a vision model"};
    const auto known =
        std::find_if(known_.begin(), known_.end(), [&](const auto& keys) { return keys->image() == *image; });
    if (known != known_.end()) {
        pending_.push_back(*known);
        return {};
    }
    auto keys = ImageKeys::compute(*model_, team_, std::move(image), cache_.type() == KvCache::Type::f32,
                                   std::move(stop));
    if (!keys)
        return keys.error();
    ++encodings_;
    known_.push_back(*keys);
    pending_.push_back(std::move(*keys));
    dropKeptImages();
    return {};
}

// The oldest go first; what is in the context or waits for its token is held by more than this list.
void Session::dropKeptImages() {
    const auto idle = [](const auto& keys) { return keys.use_count() == 1; };
    auto count = static_cast<std::size_t>(std::count_if(known_.begin(), known_.end(), idle));
    for (auto at = known_.begin(); at != known_.end() && count > kMostKeptImages;)
        if (idle(*at)) {
            at = known_.erase(at);
            --count;
        } else {
            ++at;
        }
}

// New tokens begin where the history ends; those that are computed again have their images.
std::vector<ShownImage> Session::imagesWith(std::span<const TokenId> chunk) const {
    auto images = images_;
    if (computed_ < position())
        return images;
    auto next = pending_.begin();
    for (std::size_t i = 0; i < chunk.size(); ++i)
        if (isImage(chunk[i]))
            images.push_back({computed_ + static_cast<std::int64_t>(i), *next++});
    return images;
}

void Session::append(std::span<const TokenId> tokens) {
    for (const auto token : tokens) {
        if (isImage(token)) {
            images_.push_back({position(), std::move(pending_.front())});
            pending_.erase(pending_.begin());
        }
        history_.push_back(token);
    }
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
    const auto images = imagesWith(chunk);
    if (!forward_->run(chunk, computed_, logits, images, stop))
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
        append(tokens.first(done));
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
    append(tokens);
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
        append(tokens.first(done));
        for (std::size_t t = 0; t < done; ++t)
            sink(first + static_cast<std::int64_t>(t), forward_->logits().subspan(t * vocab, vocab));
        tokens = tokens.subspan(done);
    }
    return {};
}

void Session::rewind(std::int64_t position) {
    pending_.clear();
    if (position >= this->position())
        return;
    history_.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, position)));
    while (!images_.empty() && images_.back().position >= this->position())
        images_.pop_back();
    computed_ = std::min(computed_, cache_.resumeAt(this->position()));
}

}  // namespace engine
