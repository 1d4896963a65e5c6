#include "engine/quantize/block_forward.h"

#include <algorithm>
#include <cmath>

namespace engine {
namespace {

using kernels::kTileRows;
constexpr auto kF32 = kernels::matmul_dense::WeightType::f32;

std::size_t area(std::int64_t rows, std::int64_t cols) {
    return static_cast<std::size_t>(rows * cols);
}

}  // namespace

const Gram& BlockGrams::of(std::size_t linear) const {
    constexpr std::size_t kInputs[] = {0, 0, 0, 1, 2, 3, 2};
    return grams[kInputs[linear]];
}

BlockForward::BlockForward(const BlockWeights& block, const ModelConfig& config, RopePairs pairs,
                           bool hadamardFfn, std::int64_t windowSize, const KernelPlan& plan,
                           ThreadTeam& team)
    : block_(block),
      config_(config),
      pairs_(pairs),
      hadamard_(hadamardFfn),
      tokens_(windowSize),
      plan_(plan),
      team_(team),
      rope_(makeRopeTable(config.rope, config.headDim, windowSize)) {
    const auto q = config.nHeads * config.headDim;
    const auto kv = config.nKvHeads * config.headDim;
    const auto widest = std::max({config.dim, config.hiddenDim, q, tokens_});
    scratchBytes_ = std::max(plan.matmulScratchBytes(std::max(tokens_, kTileRows), widest),
                             static_cast<std::size_t>(std::max(widest, tokens_ * 2)) * sizeof(float));
    scratchBytes_ = (scratchBytes_ + 4095) / 4096 * 4096;
    scratch_ = AlignedBuffer(scratchBytes_ * static_cast<std::size_t>(team.size()));
    for (std::size_t i = 0; i < block.linears.size(); ++i)
        packed_[i] = pack(block.linears[i].weight.data(), block.linears[i].rows, block.linears[i].cols);
    n_.resize(area(tokens_, config.dim));
    q_.resize(area(tokens_, q));
    k_.resize(area(tokens_, kv));
    v_.resize(area(tokens_, kv));
    context_.resize(area(tokens_, q));
    y_.resize(area(tokens_, config.dim));
    gate_.resize(area(tokens_, config.hiddenDim));
    up_.resize(area(tokens_, config.hiddenDim));
}

BlockForward::Packed BlockForward::pack(const float* weight, std::int64_t rows, std::int64_t cols) {
    const auto& fn = plan_.matmulDense->fn;
    const auto tileBytes = fn.tileBytes(kF32, cols);
    Packed packed{AlignedBuffer(tileBytes * static_cast<std::size_t>(kernels::tilesOf(rows))), rows, cols};
    team_.run([&](const TeamMember& member) {
        const auto [begin, end] = member.share(kernels::tilesOf(rows));
        for (std::int64_t tile = begin; tile < end; ++tile)
            fn.packTile(kF32, weight + tile * kTileRows * cols, cols,
                        std::min(kTileRows, rows - tile * kTileRows), cols,
                        packed.tiles.data() + static_cast<std::size_t>(tile) * tileBytes);
    });
    return packed;
}

void BlockForward::linear(std::size_t index, const float* x, std::vector<float>& y) {
    const auto& w = packed_[index];
    const auto& bias = block_.linears[index].bias;
    const auto& fn = plan_.matmulDenseRuns.of(static_cast<std::size_t>(kF32), tokens_).fn;
    team_.run([&](const TeamMember& member) {
        const auto [begin, end] = member.share(kernels::tilesOf(w.rows), 2);
        if (begin < end)
            fn.run({w.tiles.data(), kF32, w.rows, w.cols}, x, w.cols, tokens_, begin, end, y.data(), w.rows,
                   scratch_.data() + scratchBytes_ * static_cast<std::size_t>(member.index));
    });
    if (!bias.empty())
        for (std::int64_t t = 0; t < tokens_; ++t)
            for (std::int64_t o = 0; o < w.rows; ++o)
                y[static_cast<std::size_t>(t * w.rows + o)] += bias[static_cast<std::size_t>(o)];
}

void BlockForward::norm(const float* x, const std::vector<float>& gain) {
    plan_.rmsnorm->fn(x, gain.data(), config_.normEps, tokens_, config_.dim, n_.data());
}

// Plain softmax attention inside one window, every head by itself.
void BlockForward::attend() {
    const auto hd = config_.headDim;
    const auto qDim = config_.nHeads * hd;
    const auto kvDim = config_.nKvHeads * hd;
    const auto perKv = config_.nHeads / config_.nKvHeads;
    const float scale = 1.0F / std::sqrt(static_cast<float>(hd));
    const auto order =
        pairs_ == RopePairs::adjacent ? kernels::rope::PairOrder::adjacent : kernels::rope::PairOrder::halves;
    plan_.rope->fn(q_.data(), qDim, tokens_, config_.nHeads, hd, rope_.cos.data(), rope_.sin.data(), 0,
                   order);
    plan_.rope->fn(k_.data(), kvDim, tokens_, config_.nKvHeads, hd, rope_.cos.data(), rope_.sin.data(), 0,
                   order);
    team_.run([&](const TeamMember& member) {
        std::vector<float> p(static_cast<std::size_t>(tokens_));
        const auto [begin, end] = member.share(config_.nHeads * tokens_);
        for (std::int64_t item = begin; item < end; ++item) {
            const auto head = item / tokens_;
            const auto t = item % tokens_;
            const float* q = q_.data() + t * qDim + head * hd;
            const float* keys = k_.data() + head / perKv * hd;
            const float* values = v_.data() + head / perKv * hd;
            float top = -INFINITY;
            for (std::int64_t s = 0; s <= t; ++s) {
                float dot = 0.0F;
                for (std::int64_t i = 0; i < hd; ++i)
                    dot += q[i] * keys[s * kvDim + i];
                p[static_cast<std::size_t>(s)] = dot * scale;
                top = std::max(top, dot * scale);
            }
            float sum = 0.0F;
            for (std::int64_t s = 0; s <= t; ++s) {
                auto& value = p[static_cast<std::size_t>(s)];
                value = std::exp(value - top);
                sum += value;
            }
            float* out = context_.data() + t * qDim + head * hd;
            std::fill_n(out, hd, 0.0F);
            for (std::int64_t s = 0; s <= t; ++s)
                for (std::int64_t i = 0; i < hd; ++i)
                    out[i] += p[static_cast<std::size_t>(s)] / sum * values[s * kvDim + i];
        }
    });
}

// X^T X of one window in f32, summed over windows in double.
void BlockForward::addGram(const std::vector<float>& x, std::int64_t cols, Gram& gram) {
    if (gram.cols != cols) {
        gram.cols = cols;
        gram.values.assign(area(cols, cols), 0.0);
    }
    std::vector<float> transposed(x.size());
    for (std::int64_t t = 0; t < tokens_; ++t)
        for (std::int64_t c = 0; c < cols; ++c)
            transposed[static_cast<std::size_t>(c * tokens_ + t)] = x[static_cast<std::size_t>(t * cols + c)];
    const auto packed = pack(transposed.data(), cols, tokens_);
    const auto& fn = plan_.matmulDense->fn;
    team_.run([&](const TeamMember& member) {
        std::vector<float> products(area(kTileRows, cols));
        const auto [begin, end] = member.share(kernels::tilesOf(cols));
        for (std::int64_t tile = begin; tile < end; ++tile) {
            const auto first = tile * kTileRows;
            const auto rows = std::min(kTileRows, cols - first);
            fn.run({packed.tiles.data(), kF32, cols, tokens_}, transposed.data() + first * tokens_, tokens_,
                   rows, 0, kernels::tilesOf(cols), products.data(), cols,
                   scratch_.data() + scratchBytes_ * static_cast<std::size_t>(member.index));
            double* sums = gram.values.data() + first * cols;
            for (std::size_t i = 0; i < area(rows, cols); ++i)
                sums[i] += double{products[i]};
        }
    });
}

void BlockForward::run(float* x, BlockGrams* grams) {
    const auto add = [&] {
        for (std::size_t i = 0; i < y_.size(); ++i)
            x[i] += y_[i];
    };
    norm(x, block_.attentionNorm);
    linear(0, n_.data(), q_);
    linear(1, n_.data(), k_);
    linear(2, n_.data(), v_);
    if (grams != nullptr)
        addGram(n_, config_.dim, grams->grams[0]);
    attend();
    if (grams != nullptr)
        addGram(context_, config_.nHeads * config_.headDim, grams->grams[1]);
    linear(3, context_.data(), y_);
    add();
    norm(x, block_.ffnNorm);
    if (grams != nullptr)
        addGram(n_, config_.dim, grams->grams[2]);
    linear(4, n_.data(), gate_);
    linear(6, n_.data(), up_);
    plan_.swiglu->fn(gate_.data(), up_.data(), static_cast<std::int64_t>(gate_.size()), gate_.data());
    if (hadamard_)
        plan_.hadamard->fn(gate_.data(), config_.hiddenDim, tokens_, config_.hiddenDim,
                           reinterpret_cast<float*>(scratch_.data()));
    if (grams != nullptr)
        addGram(gate_, config_.hiddenDim, grams->grams[3]);
    linear(5, gate_.data(), y_);
    add();
}

}  // namespace engine
