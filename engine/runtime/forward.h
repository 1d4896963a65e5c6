#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "engine/base/ids.h"
#include "engine/model/model.h"
#include "engine/model/rope_table.h"
#include "engine/runtime/image_keys.h"
#include "engine/runtime/kv_cache.h"
#include "engine/runtime/thread_team.h"

namespace engine {

/// The arithmetic of a chunk of tokens through all decoder blocks, run by every member of the team at once
/// with barriers between phases. Owns the activations; allocates nothing while running (buffers grow to the
/// largest chunk seen).
class Forward {
public:
    enum class Logits { none, last, all };
    /// Tokens per prefill chunk: large enough to amortize reading the weights, small enough to stop soon.
    static constexpr std::size_t kChunk = 128;
    /// Tokens per chunk where all logits are wanted: 64 rows of a 128k vocabulary are 33 MB.
    static constexpr std::size_t kLogitsChunk = 64;
    /// Up to so many tokens attend in parts of kPartPositions: a token gets the same bits with any other of
    /// them.
    static constexpr std::int64_t kFewTokens = 33;
    static constexpr std::int64_t kPartPositions = 4 * kernels::attention::kBlock;

    Forward(const Model& model, KvCache& cache, const RopeTable& rope, ThreadTeam& team);

    /// Processes tokens at positions position0.. and fills their KV entries. `images` are those whose tokens
    /// stand at positions up to the last of these, in order; they must live through the call. False when
    /// `stop` was requested before the end; the KV entries of these positions are then undefined and logits()
    /// is stale.
    bool run(std::span<const TokenId> tokens, std::int64_t position0, Logits wanted,
             std::span<const ShownImage> images, const std::stop_token& stop);
    /// [1 or tokens, vocab] of the last run that wanted logits.
    std::span<const float> logits() const { return logits_; }
    /// All buffers as they are now; they grow to the largest chunk seen.
    std::int64_t bytes() const {
        return static_cast<std::int64_t>(activations_.size() + quantized_.size() + scratch_.size() +
                                         partials_.size() + crossPartials_.size() +
                                         logitsMemory_.size() * sizeof(float));
    }

private:
    struct Job {
        const Linear* linear;
        float* y;  // [tokens, linear->weight.rows]
    };

    void reserve(std::int64_t tokens, Logits wanted);
    void embed(std::span<const TokenId> tokens, const TeamMember& member);
    void dropEmbeddingPages();
    void reservePartials(std::int64_t tokens);
    /// context_ of all tokens, whose keys and values the cache holds. A barrier follows outside.
    void attend(std::int64_t layer, const TeamMember& member);
    void attendInParts(const kernels::attention::Problem& problem, const TeamMember& member);
    /// `pending`: the output of the block before, to be added; null where there is none.
    void attentionBlock(const DecoderBlock& block, std::int64_t layer, const float* pending,
                        const TeamMember& member);
    /// The first token of the chunk that sees an image; tokens_ when there is none.
    std::int64_t firstSeeing() const;
    void reserveCross();
    void attendToImages(std::int64_t crossLayer, std::int64_t first, const TeamMember& member);
    /// x += gate * y for this member's share of the tokens from `first` on.
    void quantizeFor(const Linear& linear, const float* x, std::int64_t begin, std::int64_t end,
                     const TeamMember& member);
    void addGated(float gate, std::int64_t first, const TeamMember& member);
    /// What is pending in y_ is added first, and nothing is pending afterwards.
    void crossBlock(const CrossBlock& block, std::int64_t crossLayer, bool firstBlock,
                    const TeamMember& member);
    void decoderBlock(std::size_t layer, const TeamMember& member);
    /// Ids behind the vocabulary have rows of their own.
    void embedExtra(std::int64_t rowBegin, std::int64_t rowEnd);
    void ffnBlock(const DecoderBlock& block, const TeamMember& member);
    void outputHead(Logits wanted, const TeamMember& member);

    /// y = linear(x) for several linears with one input; a barrier follows inside where adapters need it.
    void runLinears(std::initializer_list<Job> jobs, const float* x, std::int64_t tokens,
                    const TeamMember& member);
    void runMatrix(const PackedMatrix& matrix, const float* x, std::int64_t tokens, float* y,
                   std::int64_t ldy, std::int64_t tileBegin, std::int64_t tileEnd, void* scratch);
    void runShare(const PackedMatrix& matrix, const float* x, std::int64_t tokens, float* y, std::int64_t ldy,
                  const TeamMember& member);
    void addAdapters(std::initializer_list<Job> jobs, std::int64_t tokens, const TeamMember& member);
    /// x += y, then n = rmsnorm(x), quantized where `quantize`; rows are split over members.
    void addAndNorm(const float* y, const std::vector<float>& weight, bool quantize,
                    const TeamMember& member);
    void quantizeRows(const float* x, std::int64_t cols, std::int64_t rowBegin, std::int64_t rowEnd, int bits,
                      float scaleFloor);
    /// R3 of this member's tokens.
    bool rotatesHeads() const;
    void rotateHeads(std::int64_t begin, std::int64_t end, const TeamMember& member);
    void* scratchOf(const TeamMember& member);

    const Model& model_;
    KvCache& cache_;
    const RopeTable& rope_;
    ThreadTeam& team_;

    std::int64_t tokens_ = 0;
    std::int64_t position0_ = 0;
    std::int64_t reserved_ = 0;
    std::int64_t embeddedRows_ = 0;  // since their pages were dropped
    std::atomic<bool> stopped_{false};

    std::span<const ShownImage> images_;  // of the run in progress
    AlignedBuffer crossPartials_;         // [members, crossPartialFloats_]
    std::int64_t crossPartialFloats_ = 0;
    std::vector<std::int32_t> ids_;
    AlignedBuffer activations_;
    float* x_ = nullptr;  // [tokens, dim] residual stream
    float* n_ = nullptr;  // [tokens, dim] normalized
    float* q_ = nullptr;  // [tokens, nHeads * headDim]
    float* k_ = nullptr;  // [tokens, nKvHeads * headDim]
    float* v_ = nullptr;
    float* context_ = nullptr;  // [tokens, nHeads * headDim]
    float* y_ = nullptr;        // [tokens, dim] output of wo, w2; in n_, which is consumed by then
    float* gate_ = nullptr;     // [tokens, hiddenDim]
    float* up_ = nullptr;
    float* loraA_ = nullptr;  // [3, tokens, rank]
    float* loraB_ = nullptr;  // [tokens, widest group of outputs]
    AlignedBuffer quantized_;
    kernels::QuantizedRows rows_;
    std::size_t scratchBytes_ = 0;
    AlignedBuffer scratch_;                           // [members, scratchBytes_]
    AlignedBuffer partials_;                          // [nKvHeads, batches, parts, partialFloats()]
    std::vector<std::atomic<std::int64_t>> arrived_;  // [nKvHeads, batches] parts that are done
    std::vector<float> logitsMemory_;
    std::span<const float> logits_;
};

}  // namespace engine
