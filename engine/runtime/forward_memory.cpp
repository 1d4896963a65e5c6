#include "engine/runtime/forward_memory.h"

#include <algorithm>

#include "engine/runtime/forward.h"

namespace engine {
namespace {

constexpr std::int64_t kFloat = sizeof(float);

/// Forward's rows of f32, all buffers together.
std::int64_t activationFloats(const ModelConfig& c, std::int64_t tokens) {
    const auto qDim = c.nHeads * c.headDim;
    const auto kvDim = c.nKvHeads * c.headDim;
    const auto rank = c.lora ? kernels::roundUp(c.lora->rank, 16) : 0;
    const auto widest = c.lora ? std::max({qDim + 2 * kvDim, 2 * c.hiddenDim, c.dim}) : 0;
    const auto floatsOf = [tokens](std::initializer_list<std::int64_t> widths) {
        std::int64_t floats = 0;
        for (const auto width : widths)
            floats += kernels::roundUp(width * tokens, 16);
        return floats;
    };
    // A block's attention and its feed-forward part share their memory.
    return floatsOf({c.dim, c.dim, 3 * rank, widest}) +
           std::max(floatsOf({qDim, kvDim, kvDim, qDim}), floatsOf({c.hiddenDim, c.hiddenDim}));
}

/// int8 rows with their group sums, scales and zero points.
std::int64_t quantizedBytes(const ModelConfig& c, std::int64_t tokens) {
    const auto ld = kernels::roundUp(std::max({c.dim, c.hiddenDim, c.nHeads * c.headDim}), 64);
    return ld * tokens + kernels::roundUp(ld / 32 * tokens * 4, 64) + 2 * kernels::roundUp(tokens * 4, 64);
}

std::int64_t scratchBytes(const ModelConfig& c, const KernelPlan& plan, std::int64_t capacity,
                          std::int64_t tokens) {
    std::size_t bytes = static_cast<std::size_t>(c.hiddenDim) * sizeof(float);
    const auto rank = c.lora ? kernels::roundUp(c.lora->rank, 16) : 0;
    for (const auto cols : {c.dim, c.hiddenDim, c.nHeads * c.headDim, rank})
        bytes = std::max(bytes, plan.matmulScratchBytes(tokens, cols));
    bytes = std::max(bytes, plan.attention->fn.scratchBytes(c.nHeads, c.nKvHeads, c.headDim, capacity));
    return static_cast<std::int64_t>((bytes + 4095) / 4096 * 4096);
}

std::int64_t partialBytes(const ModelConfig& c, std::int64_t capacity, std::int64_t tokens) {
    const auto group = c.nHeads / c.nKvHeads;
    const auto several = kernels::attention::partialTokens(group);
    const auto batches = (tokens + several - 1) / several;
    const auto parts = (capacity + Forward::kPartPositions - 1) / Forward::kPartPositions;
    return c.nKvHeads * batches * parts *
           kernels::attention::partialFloats(group * std::min(tokens, several), c.headDim) * kFloat;
}

}  // namespace

std::int64_t forwardBytes(const ModelConfig& config, const KernelPlan& plan, std::int64_t capacity,
                          KvCache::Type kv, int threads) {
    const std::int64_t most = kv == KvCache::Type::kivi2 ? KvCache::kWindow : std::int64_t{Forward::kChunk};
    const auto tokens = std::min(capacity, most);
    return activationFloats(config, tokens) * kFloat + quantizedBytes(config, tokens) +
           scratchBytes(config, plan, capacity, tokens) * threads +
           partialBytes(config, capacity, std::min(tokens, Forward::kFewTokens)) + config.vocabSize * kFloat;
}

}  // namespace engine
