#include "engine/vision/encoder_attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/base/float_types.h"

namespace engine {
namespace {

using kernels::kTileRows;
using kernels::matmul_dense::WeightType;

/// Queries of a block: enough to use a head's keys from the cache, few enough that scores against 6,432
/// tokens (1.6 MB) stay there, too.
constexpr std::int64_t kQueries = 60;

std::size_t itemBytes(WeightType type) {
    return type == WeightType::f32 ? sizeof(float) : sizeof(std::uint16_t);
}

/// items[index] = value
void put(std::byte* items, WeightType type, std::int64_t index, float value) noexcept {
    if (type == WeightType::f32)
        reinterpret_cast<float*>(items)[index] = value;
    else
        reinterpret_cast<std::uint16_t*>(items)[index] = toBf16(value);
}

}  // namespace

EncoderAttention::EncoderAttention(const KernelPlan& plan, const Shape& shape, bool exact, int threads)
    : plan_(&plan), shape_(shape), type_(exact ? WeightType::f32 : WeightType::bf16) {
    const auto& fn = plan.matmulDense->fn;
    const auto packedBytes = [&](std::int64_t rows, std::int64_t cols) {
        return fn.tileBytes(type_, cols) * static_cast<std::size_t>(kernels::tilesOf(rows));
    };
    const auto stored = static_cast<std::size_t>(shape.all * shape.width()) * itemBytes(type_);
    keys_ = AlignedBuffer(stored);
    values_ = AlignedBuffer(stored);
    const auto scratch = std::max(plan.matmulScratchBytes(kQueries, shape.headDim),
                                  plan.matmulScratchBytes(kQueries, shape.all));
    members_.resize(static_cast<std::size_t>(threads));
    for (auto& member : members_) {
        member.keys = AlignedBuffer(packedBytes(shape.all, shape.headDim));
        member.values = AlignedBuffer(packedBytes(shape.headDim, shape.all));
        member.liveValues = AlignedBuffer(packedBytes(shape.headDim, shape.live));
        member.scores = AlignedBuffer(static_cast<std::size_t>(kQueries * shape.all) * sizeof(float));
        member.scratch = AlignedBuffer(scratch + 64);
    }
}

bool EncoderAttention::valid() const {
    return keys_.data() != nullptr && values_.data() != nullptr &&
           std::all_of(members_.begin(), members_.end(), [](const Member& m) {
               return m.keys.data() != nullptr && m.values.data() != nullptr &&
                      m.liveValues.data() != nullptr && m.scores.data() != nullptr &&
                      m.scratch.data() != nullptr;
           });
}

void EncoderAttention::store(std::int64_t begin, std::int64_t rows, const float* k, const float* v) noexcept {
    const auto width = shape_.width();
    for (std::int64_t i = 0; i < rows * width; ++i)
        put(keys_.data(), type_, begin * width + i, k[i]);
    for (std::int64_t channel = 0; channel < width; ++channel)
        for (std::int64_t r = 0; r < rows; ++r)
            put(values_.data(), type_, channel * shape_.all + begin + r, v[r * width + channel]);
}

kernels::matmul_dense::Weights EncoderAttention::weights(const AlignedBuffer& packed, std::int64_t rows,
                                                         std::int64_t cols) const {
    return {packed.data(), type_, rows, cols};
}

void EncoderAttention::packRows(const std::byte* source, std::int64_t ld, std::int64_t rows,
                                std::int64_t cols, AlignedBuffer& packed) const {
    const auto& fn = plan_->matmulDense->fn;
    const auto bytes = fn.tileBytes(type_, cols);
    for (std::int64_t row = 0; row < rows; row += kTileRows)
        fn.packTile(type_, source + static_cast<std::size_t>(row * ld) * itemBytes(type_), ld,
                    std::min(kTileRows, rows - row), cols,
                    packed.data() + static_cast<std::size_t>(row / kTileRows) * bytes);
}

void EncoderAttention::packHead(std::int64_t head, Member& member) const {
    const auto channel = static_cast<std::size_t>(head * shape_.headDim) * itemBytes(type_);
    const auto* values = values_.data() + channel * static_cast<std::size_t>(shape_.all);
    packRows(keys_.data() + channel, shape_.width(), shape_.all, shape_.headDim, member.keys);
    packRows(values, shape_.all, shape_.headDim, shape_.all, member.values);
    packRows(values, shape_.all, shape_.headDim, shape_.live, member.liveValues);
}

/// One block of queries, all live or all dead.
void EncoderAttention::attend(std::int64_t head, std::int64_t begin, std::int64_t end, float* q,
                              Member& member) const {
    const bool live = begin < shape_.live;
    const auto seen = live ? shape_.all : shape_.live;
    const auto width = shape_.width();
    const auto tokens = end - begin;
    const float scale = 1.0F / std::sqrt(static_cast<float>(shape_.headDim));
    float* own = q + begin * width + head * shape_.headDim;
    for (std::int64_t t = 0; t < tokens; ++t)
        for (std::int64_t i = 0; i < shape_.headDim; ++i)
            own[t * width + i] *= scale;
    auto* scores = member.scores.as<float>();
    const auto multiply = plan_->matmulDenseRuns.of(static_cast<std::size_t>(type_), tokens).fn.run;
    multiply(weights(member.keys, seen, shape_.headDim), own, width, tokens, 0, kernels::tilesOf(seen),
             scores, seen, member.scratch.data());
    plan_->softmax->fn(scores, tokens, seen, scores);
    multiply(weights(live ? member.values : member.liveValues, shape_.headDim, seen), scores, seen, tokens, 0,
             kernels::tilesOf(shape_.headDim), own, width, member.scratch.data());
}

void EncoderAttention::run(ThreadTeam& team, float* q) {
    const auto liveBlocks = (shape_.live + kQueries - 1) / kQueries;
    const auto blocks = liveBlocks + (shape_.all - shape_.live + kQueries - 1) / kQueries;
    team.run([&](const TeamMember& member) {
        // Contiguous shares, so that a thread packs few heads.
        auto& own = members_[static_cast<std::size_t>(member.index)];
        const auto [unitBegin, unitEnd] = member.share(shape_.nHeads * blocks);
        std::int64_t packed = -1;
        for (auto unit = unitBegin; unit < unitEnd; ++unit) {
            const auto head = unit / blocks;
            if (head != packed)
                packHead(head, own);
            packed = head;
            const auto block = unit % blocks;
            const bool live = block < liveBlocks;
            const auto begin = live ? block * kQueries : shape_.live + (block - liveBlocks) * kQueries;
            attend(head, begin, std::min(live ? shape_.live : shape_.all, begin + kQueries), q, own);
        }
    });
}

std::int64_t EncoderAttention::bytesFor(const Shape& shape, bool exact, int threads) {
    const std::int64_t item = exact ? 4 : 2;
    const auto member = (2 * shape.all + shape.live) * shape.headDim * item + kQueries * shape.all * 4;
    return 2 * shape.all * shape.width() * item + threads * member;
}

}  // namespace engine
