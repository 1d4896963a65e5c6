#include "engine/runtime/forward.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace engine {
namespace {

std::int64_t align16(std::int64_t floats) {
    return kernels::roundUp(floats, 16);
}

bool anyQuantized(std::initializer_list<const Linear*> linears) {
    return std::any_of(linears.begin(), linears.end(),
                       [](const Linear* linear) { return linear->weight.quantized(); });
}

/// Of the variant that multiplies this matrix with so many tokens.
kernels::Trait traitsOf(const KernelPlan& plan, const PackedMatrix& matrix, std::int64_t tokens) {
    if (matrix.scheme == PackedMatrix::Scheme::dense)
        return plan.matmulDenseRuns.of(static_cast<std::size_t>(matrix.denseType), tokens).traits;
    if (matrix.scheme == PackedMatrix::Scheme::int4)
        return plan.matmulInt4Runs.of(static_cast<std::size_t>(matrix.int4Scales), tokens).traits;
    return plan.matmulInt8Runs.of(0, tokens).traits;
}

}  // namespace

Forward::Forward(const Model& model, KvCache& cache, const RopeTable& rope, ThreadTeam& team)
    : model_(model), cache_(cache), rope_(rope), team_(team) {
    reserve(1, Logits::last);
}

void Forward::reserve(std::int64_t tokens, Logits wanted) {
    const auto& c = model_.config();
    const auto logitRows = wanted == Logits::all ? tokens : 1;
    const auto vocab = model_.output().weight.rows;
    if (logitsMemory_.size() < static_cast<std::size_t>(logitRows * vocab))
        logitsMemory_.resize(static_cast<std::size_t>(logitRows * vocab));
    if (tokens <= reserved_)
        return;
    reserved_ = tokens;
    reservePartials(std::min(tokens, kFewTokens));
    const auto qDim = c.nHeads * c.headDim;
    const auto kvDim = c.nKvHeads * c.headDim;
    const auto rank = c.lora ? kernels::roundUp(c.lora->rank, 16) : 0;
    const auto widest = c.lora ? std::max({qDim + 2 * kvDim, 2 * c.hiddenDim, c.dim}) : 0;
    using Buffers = std::initializer_list<std::pair<float**, std::int64_t>>;
    const auto floatsOf = [tokens](Buffers buffers) {
        std::int64_t floats = 0;
        for (const auto& [pointer, width] : buffers)
            floats += align16(width * tokens);
        return floats;
    };
    const auto place = [tokens](Buffers buffers, float* at) {
        for (const auto& [pointer, width] : buffers) {
            *pointer = at;
            at += align16(width * tokens);
        }
    };
    // Nothing of a block's attention is read in its feed-forward part, nor the other way round.
    const Buffers whole = {{&x_, c.dim}, {&n_, c.dim}, {&loraA_, 3 * rank}, {&loraB_, widest}};
    const Buffers attention = {{&q_, qDim}, {&k_, kvDim}, {&v_, kvDim}, {&context_, qDim}};
    const Buffers feedForward = {{&gate_, c.hiddenDim}, {&up_, c.hiddenDim}};
    const auto parts = std::max(floatsOf(attention), floatsOf(feedForward));
    activations_ = AlignedBuffer(static_cast<std::size_t>(floatsOf(whole) + parts) * sizeof(float));
    place(whole, activations_.as<float>());
    place(attention, activations_.as<float>() + floatsOf(whole));
    place(feedForward, activations_.as<float>() + floatsOf(whole));
    y_ = n_;

    const auto ld = kernels::roundUp(std::max({c.dim, c.hiddenDim, qDim}), 64);
    const auto tokenBytes = static_cast<std::size_t>(kernels::roundUp(tokens * 4, 64));
    const auto qBytes = static_cast<std::size_t>(ld * tokens);
    const auto sumBytes = static_cast<std::size_t>(kernels::roundUp(ld / 32 * tokens * 4, 64));
    quantized_ = AlignedBuffer(qBytes + sumBytes + 2 * tokenBytes);
    rows_.q = quantized_.as<std::int8_t>();
    rows_.groupSums = reinterpret_cast<std::int32_t*>(quantized_.data() + qBytes);
    rows_.scale = reinterpret_cast<float*>(quantized_.data() + qBytes + sumBytes);
    rows_.zeroPoint = reinterpret_cast<std::int32_t*>(quantized_.data() + qBytes + sumBytes + tokenBytes);

    const auto& plan = model_.plan();
    std::size_t bytes = static_cast<std::size_t>(c.hiddenDim) * sizeof(float);
    for (const auto cols : {c.dim, c.hiddenDim, qDim, std::int64_t{rank}})
        bytes = std::max(bytes, plan.matmulScratchBytes(tokens, cols));
    bytes =
        std::max(bytes, plan.attention->fn.scratchBytes(c.nHeads, c.nKvHeads, c.headDim, cache_.capacity()));
    scratchBytes_ = (bytes + 4095) / 4096 * 4096;
    scratch_ = AlignedBuffer(scratchBytes_ * static_cast<std::size_t>(team_.size()));
}

void* Forward::scratchOf(const TeamMember& member) {
    return scratch_.data() + scratchBytes_ * static_cast<std::size_t>(member.index);
}

bool Forward::run(std::span<const TokenId> tokens, std::int64_t position0, Logits wanted,
                  std::span<const ShownImage> images, const std::stop_token& stop) {
    tokens_ = static_cast<std::int64_t>(tokens.size());
    position0_ = position0;
    reserve(tokens_, wanted);
    images_ = images;
    if (firstSeeing() < tokens_)
        reserveCross();
    ids_.resize(tokens.size());
    std::transform(tokens.begin(), tokens.end(), ids_.begin(), [](TokenId id) { return raw(id); });
    stopped_ = false;
    team_.run([&](const TeamMember& member) {
        embed(tokens, member);
        for (std::size_t layer = 0; layer < model_.blocks().size(); ++layer) {
            // All members see the same answer, because member 0 asks before the barrier inside the block.
            if (member.index == 0 && stop.stop_requested())
                stopped_.store(true, std::memory_order_relaxed);
            decoderBlock(layer, member);
            if (stopped_.load(std::memory_order_relaxed))
                return;
        }
        outputHead(wanted, member);
    });
    dropEmbeddingPages();
    if (stopped_)
        return false;
    if (wanted != Logits::none)
        logits_ = std::span<const float>(logitsMemory_)
                      .first(static_cast<std::size_t>((wanted == Logits::all ? tokens_ : 1) *
                                                      model_.output().weight.rows));
    return true;
}

void Forward::decoderBlock(std::size_t layer, const TeamMember& member) {
    const float* pending = layer == 0 ? nullptr : y_;
    if (const auto* vision = model_.vision(); vision != nullptr && firstSeeing() < tokens_) {
        const auto& places = model_.config().vision->crossLayers;
        const auto at = std::find(places.begin(), places.end(), static_cast<std::int64_t>(layer));
        if (at != places.end()) {
            const auto cross = static_cast<std::size_t>(at - places.begin());
            crossBlock(vision->cross[cross], static_cast<std::int64_t>(cross), layer == 0, member);
            pending = nullptr;
        }
    }
    const auto& block = model_.blocks()[layer];
    attentionBlock(block, static_cast<std::int64_t>(layer), pending, member);
    if (!stopped_.load(std::memory_order_relaxed))
        ffnBlock(block, member);
}

// Single tokens leave their pages behind as well.
void Forward::dropEmbeddingPages() {
    constexpr std::int64_t kMostRows = 64;
    embeddedRows_ += tokens_;
    if (embeddedRows_ < kMostRows)
        return;
    model_.dropEmbeddingPages();
    embeddedRows_ = 0;
}

void Forward::embed(std::span<const TokenId>, const TeamMember& member) {
    const auto dim = model_.config().dim;
    const auto [begin, end] = member.share(tokens_);
    // Looking up one row makes its neighbours in the file resident, too: of many tokens most of the table.
    constexpr std::int64_t kRowsPerDrop = 16;
    for (auto row = begin; row < end; row += kRowsPerDrop) {
        const auto rows = std::min(kRowsPerDrop, end - row);
        std::array<std::int32_t, kRowsPerDrop> ids{};
        std::transform(ids_.begin() + row, ids_.begin() + row + rows, ids.begin(),
                       [&](std::int32_t id) { return id < model_.embedding().rows ? id : 0; });
        model_.plan().embedding->fn(model_.embedding(), ids.data(), rows, x_ + row * dim, dim);
        if (rows == kRowsPerDrop)
            model_.dropEmbeddingPages();
    }
    embedExtra(begin, end);
    // The first block's norm reads only this member's rows, so no barrier is needed here.
}

void Forward::embedExtra(std::int64_t rowBegin, std::int64_t rowEnd) {
    const auto* vision = model_.vision();
    const auto dim = model_.config().dim;
    for (auto row = rowBegin; vision != nullptr && row < rowEnd; ++row)
        if (const auto extra = ids_[static_cast<std::size_t>(row)] - model_.embedding().rows; extra >= 0)
            std::copy_n(vision->extraEmbeddings.data() + extra * dim, dim, x_ + row * dim);
}

void Forward::quantizeRows(const float* x, std::int64_t cols, std::int64_t rowBegin, std::int64_t rowEnd,
                           int bits, float scaleFloor) {
    auto rows = rows_;
    rows.bits = bits;
    rows.tokens = tokens_;
    rows.cols = cols;
    rows.ld = kernels::roundUp(cols, 64);
    model_.plan().quantizeActivations->fn(x, cols, scaleFloor, rowBegin, rowEnd, rows);
}

void Forward::addAndNorm(const float* y, const std::vector<float>& weight, bool quantize,
                         const TeamMember& member) {
    const auto dim = model_.config().dim;
    const auto [begin, end] = member.share(tokens_);
    if (begin == end)
        return;
    if (y != nullptr)
        for (std::int64_t i = begin * dim; i < end * dim; ++i)
            x_[i] += y[i];
    model_.plan().rmsnorm->fn(x_ + begin * dim, weight.data(), model_.config().normEps, end - begin, dim,
                              n_ + begin * dim);
    if (quantize)
        quantizeRows(n_, dim, begin, end, model_.config().activationBits,
                     kernels::quantize_activations::kLinearScaleFloor);
}

void Forward::runMatrix(const PackedMatrix& matrix, const float* x, std::int64_t tokens, float* y,
                        std::int64_t ldy, std::int64_t tileBegin, std::int64_t tileEnd, void* scratch) {
    const auto& plan = model_.plan();
    if (matrix.scheme == PackedMatrix::Scheme::dense) {
        const auto weights = matrix.dense();
        plan.matmulDenseRuns.of(static_cast<std::size_t>(weights.type), tokens)
            .fn.run(weights, x, matrix.cols, tokens, tileBegin, tileEnd, y, ldy, scratch);
        return;
    }
    auto rows = rows_;
    rows.tokens = tokens;
    rows.cols = matrix.cols;
    rows.ld = kernels::roundUp(matrix.cols, 64);
    if (matrix.scheme == PackedMatrix::Scheme::int4) {
        const auto weights = matrix.int4();
        plan.matmulInt4Runs.of(static_cast<std::size_t>(weights.scales), tokens)
            .fn.run(weights, rows, tileBegin, tileEnd, y, ldy, scratch);
    } else {
        plan.matmulInt8Runs.of(0, tokens).fn.run(matrix.int8(), rows, tileBegin, tileEnd, y, ldy, scratch);
    }
}

void Forward::runShare(const PackedMatrix& matrix, const float* x, std::int64_t tokens, float* y,
                       std::int64_t ldy, const TeamMember& member) {
    auto [begin, end] = member.share(matrix.tiles(), 2);
    if (kernels::hasTrait(traitsOf(model_.plan(), matrix, tokens), kernels::Trait::ownThreads)) {
        begin = 0;
        end = member.index == 0 ? matrix.tiles() : 0;
    }
    if (begin < end)
        runMatrix(matrix, x, tokens, y, ldy, begin, end, scratchOf(member));
}

void Forward::runLinears(std::initializer_list<Job> jobs, const float* x, std::int64_t tokens,
                         const TeamMember& member) {
    bool adapters = false;
    std::int64_t slot = 0;
    for (const auto& job : jobs) {
        runShare(job.linear->weight, x, tokens, job.y, job.linear->weight.rows, member);
        if (job.linear->lora) {
            adapters = true;
            const auto rank = kernels::roundUp(job.linear->lora->a.rows, 16);
            runShare(job.linear->lora->a, x, tokens, loraA_ + slot * tokens * rank, job.linear->lora->a.rows,
                     member);
        }
        ++slot;
    }
    member.barrier();
    if (adapters) {
        addAdapters(jobs, tokens, member);
        member.barrier();
    }
}

void Forward::addAdapters(std::initializer_list<Job> jobs, std::int64_t tokens, const TeamMember& member) {
    std::int64_t slot = 0;
    std::int64_t ld = 0;
    for (const auto& job : jobs)
        ld += job.linear->weight.rows;
    float* out = loraB_;
    for (const auto& job : jobs) {
        const auto rows = job.linear->weight.rows;
        if (job.linear->lora) {
            const auto& lora = *job.linear->lora;
            const float* a = loraA_ + slot * tokens * kernels::roundUp(lora.a.rows, 16);
            auto [begin, end] = member.share(lora.b.tiles(), 2);
            if (kernels::hasTrait(traitsOf(model_.plan(), lora.b, tokens), kernels::Trait::ownThreads)) {
                begin = 0;
                end = member.index == 0 ? lora.b.tiles() : 0;
            }
            if (begin < end)
                runMatrix(lora.b, a, tokens, out, ld, begin, end, scratchOf(member));
            const auto first = begin * kernels::kTileRows;
            const auto last = std::min(rows, end * kernels::kTileRows);
            for (std::int64_t t = 0; t < tokens; ++t)
                for (std::int64_t o = first; o < last; ++o)
                    job.y[t * rows + o] += lora.scale * out[t * ld + o];
        }
        out += rows;
        ++slot;
    }
}

void Forward::attentionBlock(const DecoderBlock& block, std::int64_t layer, const float* pending,
                             const TeamMember& member) {
    const auto& c = model_.config();
    const auto& plan = model_.plan();
    const auto qDim = c.nHeads * c.headDim;
    const auto kvDim = c.nKvHeads * c.headDim;
    addAndNorm(pending, block.attentionNorm, anyQuantized({&block.wq, &block.wk, &block.wv}), member);
    member.barrier();
    if (stopped_.load(std::memory_order_relaxed))
        return;
    runLinears({{&block.wq, q_}, {&block.wk, k_}, {&block.wv, v_}}, n_, tokens_, member);

    const auto [begin, end] = member.share(tokens_);
    const auto addBias = [&, begin = begin, end = end](const Linear& linear, float* y) {
        if (linear.bias.empty())
            return;
        const auto rows = linear.weight.rows;
        for (std::int64_t t = begin; t < end; ++t)
            for (std::int64_t o = 0; o < rows; ++o)
                y[t * rows + o] += linear.bias[static_cast<std::size_t>(o)];
    };
    addBias(block.wq, q_);
    addBias(block.wk, k_);
    addBias(block.wv, v_);
    if (begin < end) {
        const auto order = c.rope.pairs == RopePairs::adjacent ? kernels::rope::PairOrder::adjacent
                                                               : kernels::rope::PairOrder::halves;
        plan.rope->fn(q_ + begin * qDim, qDim, end - begin, c.nHeads, c.headDim, rope_.cos.data(),
                      rope_.sin.data(), position0_ + begin, order);
        plan.rope->fn(k_ + begin * kvDim, kvDim, end - begin, c.nKvHeads, c.headDim, rope_.cos.data(),
                      rope_.sin.data(), position0_ + begin, order);
        if (rotatesHeads())
            rotateHeads(begin, end, member);
    }
    for (std::int64_t t = begin; t < end; ++t)
        cache_.store(layer, position0_ + t, k_ + t * kvDim, v_ + t * kvDim);
    member.barrier();

    attend(layer, member);
    member.barrier();
    cache_.settle(layer, position0_ + tokens_, member.index, member.count);
    if (block.wo.weight.quantized()) {
        quantizeRows(context_, qDim, begin, end, c.activationBits,
                     kernels::quantize_activations::kLinearScaleFloor);
        member.barrier();
    }
    runLinears({{&block.wo, y_}}, context_, tokens_, member);
}

// In floating point the transforms of q and k cancel; they are for keys that are stored in integers with one
// scale per position. Keys with a scale per channel (kivi2) want channels as they are.
bool Forward::rotatesHeads() const {
    return model_.config().hadamardHeads && cache_.type() == KvCache::Type::int8;
}

void Forward::rotateHeads(std::int64_t begin, std::int64_t end, const TeamMember& member) {
    const auto& c = model_.config();
    for (const auto& [rows, heads] : {std::pair{q_, c.nHeads}, {k_, c.nKvHeads}})
        model_.plan().hadamard->fn(rows + begin * heads * c.headDim, c.headDim, (end - begin) * heads,
                                   c.headDim, static_cast<float*>(scratchOf(member)));
}

void Forward::ffnBlock(const DecoderBlock& block, const TeamMember& member) {
    const auto& c = model_.config();
    const auto& plan = model_.plan();
    addAndNorm(y_, block.ffnNorm, anyQuantized({&block.w1, &block.w3}), member);
    member.barrier();
    runLinears({{&block.w1, gate_}, {&block.w3, up_}}, n_, tokens_, member);
    const auto [begin, end] = member.share(tokens_);
    if (begin < end) {
        float* hidden = gate_ + begin * c.hiddenDim;
        plan.swiglu->fn(hidden, up_ + begin * c.hiddenDim, (end - begin) * c.hiddenDim, hidden);
        if (block.w2.hadamardInput)
            plan.hadamard->fn(hidden, c.hiddenDim, end - begin, c.hiddenDim,
                              static_cast<float*>(scratchOf(member)));
        if (block.w2.weight.quantized())
            quantizeRows(gate_, c.hiddenDim, begin, end, c.activationBits,
                         kernels::quantize_activations::kLinearScaleFloor);
    }
    member.barrier();
    runLinears({{&block.w2, y_}}, gate_, tokens_, member);
}

void Forward::outputHead(Logits wanted, const TeamMember& member) {
    if (wanted == Logits::none)
        return;
    const auto& c = model_.config();
    addAndNorm(y_, model_.finalNorm(), false, member);
    member.barrier();
    const auto first = wanted == Logits::all ? 0 : tokens_ - 1;
    const auto rows = tokens_ - first;
    const Linear& output = model_.output();
    if (output.weight.quantized()) {
        const auto [begin, end] = member.share(rows);
        if (begin < end)
            quantizeRows(n_ + first * c.dim, c.dim, begin, end, 8,
                         kernels::quantize_activations::kOutputScaleFloor);
        member.barrier();
    }
    runShare(output.weight, n_ + first * c.dim, rows, logitsMemory_.data(), output.weight.rows, member);
    member.barrier();
}

}  // namespace engine
