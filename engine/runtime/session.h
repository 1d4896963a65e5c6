#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/model/model.h"
#include "engine/model/rope_table.h"
#include "engine/runtime/image_keys.h"
#include "engine/runtime/kv_cache.h"
#include "engine/runtime/thread_team.h"

namespace engine {

class Forward;

struct SessionOptions {
    std::int64_t context = 0;  ///< 0 = the model's own, at most kDefaultContext
    KvCache::Type kv = KvCache::Type::bf16;
};

/// What a session takes without being told: 8k, the condensed window of the quantized variants.
inline constexpr std::int64_t kDefaultContext = 8192;

/// Tokens of one Session::verify() call at most.
inline constexpr std::int64_t kMostVerified = 33;

/// One running context over a model: KV cache and position. Belongs to the thread that created its team.
class Session {
public:
    /// Errors: invalidInput for a context beyond the model's, outOfMemory.
    static Result<std::unique_ptr<Session>> create(std::shared_ptr<const Model> model,
                                                   const SessionOptions& options, ThreadTeam& team);
    ~Session();

    /// An image that an image token to be appended stands for: the first shown for the first such token, and
    /// so on. Rewinding forgets those that no token took.
    /// An image that is in the context, or was before it was rewound and is still kept, is not encoded again.
    /// Errors: unsupported for a model that cannot see; as ImageKeys::compute.
    Result<void> show(std::shared_ptr<const TiledImage> image, std::stop_token stop = {});
    /// Images in the context, in order of their tokens.
    std::span<const ShownImage> images() const { return images_; }
    /// How many images of show() had to be encoded since the session began.
    std::int64_t encodings() const { return encodings_; }

    /// Appends tokens in chunks; returns the logits [vocab] after the last one, valid until the next call.
    /// Cancelling keeps whole chunks. Errors: contextOverflow (nothing is appended), invalidInput for ids
    /// outside the vocabulary, no tokens, or more image tokens than images shown; cancelled.
    Result<std::span<const float>> prefill(std::span<const TokenId> tokens, std::stop_token stop = {});
    /// Appends one token. Errors: as prefill.
    Result<std::span<const float>> decode(TokenId token);
    /// Appends a few tokens in one pass and returns the logits [tokens, vocab] after each of them, valid
    /// until the next call. Errors: as prefill; invalidInput for more than kMostVerified tokens.
    Result<std::span<const float>> verify(std::span<const TokenId> tokens);
    /// Appends tokens and calls `sink` with the logits of every position in order.
    Result<void> forwardAll(
        std::span<const TokenId> tokens,
        const std::function<void(std::int64_t position, std::span<const float> logits)>& sink,
        std::stop_token stop = {});

    /// Forgets everything from `position` on. Where a kivi2 cache has lost the BF16 form of what remains, up
    /// to KvCache::kWindow - 1 tokens of the history are computed again by the next call that appends.
    void rewind(std::int64_t position);
    std::int64_t position() const { return static_cast<std::int64_t>(history_.size()); }
    const std::vector<TokenId>& history() const { return history_; }
    std::int64_t context() const { return cache_.capacity(); }
    /// KV cache, and keys and values of images.
    std::int64_t kvBytes() const { return cache_.bytes() + imageBytes(); }
    /// Keys and values of images, those that are kept in case they return included.
    std::int64_t imageBytes() const;
    /// Images kept though they are not in the context.
    static constexpr std::size_t kMostKeptImages = 2;
    /// Activations and scratch as they are now (forwardBytes() says it beforehand).
    std::int64_t activationBytes() const;
    KvCache::Type kvType() const { return cache_.type(); }
    const Model& model() const { return *model_; }

private:
    Session(std::shared_ptr<const Model> model, KvCache cache, ThreadTeam& team);
    bool isImage(TokenId token) const;
    /// The context's images and those that a chunk about to be computed brings.
    std::vector<ShownImage> imagesWith(std::span<const TokenId> chunk) const;
    /// The history grows by these tokens; the image tokens among them take what show() brought.
    void append(std::span<const TokenId> tokens);
    void dropKeptImages();
    Result<void> accepts(std::span<const TokenId> tokens) const;
    enum class Wanted : std::uint8_t { none, last, all };
    /// Runs the first of the tokens at positions from computed_ on, as many as one pass takes; returns how
    /// many, 0 when stopped.
    std::size_t runSome(std::span<const TokenId> tokens, Wanted wanted, const std::stop_token& stop);
    /// Computes the end of the history that rewinding has cost. False when stopped.
    bool restore(const std::stop_token& stop);

    std::shared_ptr<const Model> model_;
    KvCache cache_;
    RopeTable rope_;
    ThreadTeam& team_;
    std::vector<TokenId> history_;
    std::vector<ShownImage> images_;                         // in the history
    std::vector<std::shared_ptr<const ImageKeys>> pending_;  // shown, without a token yet
    std::vector<std::shared_ptr<const ImageKeys>> known_;    // all that were encoded and are held
    std::int64_t encodings_ = 0;
    std::int64_t computed_ = 0;  // positions that the cache holds; less than the history after some rewinds
    std::unique_ptr<Forward> forward_;
};

}  // namespace engine
