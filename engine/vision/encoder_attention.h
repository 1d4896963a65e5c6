#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/thread_team.h"

namespace engine {

/// Attention of an image encoder: a live query, of which there are `live`, sees all tokens; a dead one, which
/// is behind them, the live ones only. Queries go in blocks past the keys and values of one head, which are
/// packed as weights are, so that scores and outputs are the plan's dense products; softmax in f32. Keys and
/// values are kept in BF16, or in f32 where the plan is exact; scores of a block are all in memory at once.
class EncoderAttention {
public:
    struct Shape {
        std::int64_t nHeads = 0;
        std::int64_t headDim = 0;
        std::int64_t live = 0;
        std::int64_t all = 0;

        std::int64_t width() const { return nHeads * headDim; }
    };

    EncoderAttention() = default;
    /// `plan` must outlive it. valid() is false where the system has no memory.
    EncoderAttention(const KernelPlan& plan, const Shape& shape, bool exact, int threads);
    bool valid() const;

    /// Keys and values of tokens [begin, begin + rows), [rows, width] of f32. Several threads may store
    /// different tokens at once.
    void store(std::int64_t begin, std::int64_t rows, const float* k, const float* v) noexcept;
    /// q: [all, width]; outputs take the place of the queries.
    void run(ThreadTeam& team, float* q);

    /// What it allocates for this many threads, to a few percent: tiles are padded as the plan's variant
    /// wants.
    static std::int64_t bytesFor(const Shape& shape, bool exact, int threads);

private:
    /// What one thread needs: a head in packed form, and room for a block of queries.
    struct Member {
        AlignedBuffer keys;        // [all, headDim], packed
        AlignedBuffer values;      // [headDim, all], packed
        AlignedBuffer liveValues;  // [headDim, live], packed
        AlignedBuffer scores;      // [kQueries, all]
        AlignedBuffer scratch;
    };

    kernels::matmul_dense::Weights weights(const AlignedBuffer& packed, std::int64_t rows,
                                           std::int64_t cols) const;
    void packHead(std::int64_t head, Member& member) const;
    void packRows(const std::byte* source, std::int64_t ld, std::int64_t rows, std::int64_t cols,
                  AlignedBuffer& packed) const;
    void attend(std::int64_t head, std::int64_t begin, std::int64_t end, float* q, Member& member) const;

    const KernelPlan* plan_ = nullptr;
    Shape shape_;
    kernels::matmul_dense::WeightType type_ = kernels::matmul_dense::WeightType::bf16;
    AlignedBuffer keys_;    // [all, width]
    AlignedBuffer values_;  // [width, all]: a head's values are the rows of a weight
    std::vector<Member> members_;
};

}  // namespace engine
