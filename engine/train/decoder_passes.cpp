#include "engine/train/decoder_passes.h"

#include <algorithm>

#include "engine/train/row_passes.h"

namespace engine::train {
namespace {

/// Where a token's embedding has its gradient; nullptr where it is not wanted.
template <class Real>
Real* embeddingGradient(const DecoderWeights<Real>& weights, const DecoderGradients<Real>& gradients,
                        std::int64_t id) {
    const auto& table = weights.embedding;
    if (id < table.rows)
        return gradients.embedding != nullptr ? gradients.embedding + id * table.cols : nullptr;
    Real* extra = gradients.vision ? gradients.vision->extraEmbeddings : nullptr;
    return extra != nullptr ? extra + (id - table.rows) * table.cols : nullptr;
}

}  // namespace

template <class Real>
void DecoderPasses<Real>::block(const DecoderWeights<Real>& weights, const TokenRow& row, std::size_t layer,
                                const Real* x, Real* y) {
    blockForward(shape_, weights.blocks[layer], table_, row.segments, row.size(), x, y, traceOf(layer),
                 scratch_);
}

template <class Real>
DecoderPasses<Real>::DecoderPasses(const BlockShape& shape, const RopeTable& table,
                                   Checkpointing checkpointing, const ModelConfig* seeing)
    : shape_(shape), table_(table), checkpointing_(checkpointing) {
    if (seeing != nullptr && seeing->vision)
        sight_ = std::make_unique<Sight>(*seeing);
}

template <class Real>
std::optional<std::size_t> DecoderPasses<Real>::crossBefore(const TokenRow& row, std::size_t layer) const {
    if (row.picture == nullptr || sight_ == nullptr)
        return std::nullopt;
    const auto at = std::find(sight_->layers.begin(), sight_->layers.end(), static_cast<std::int64_t>(layer));
    if (at == sight_->layers.end())
        return std::nullopt;
    return static_cast<std::size_t>(at - sight_->layers.begin());
}

template <class Real>
void DecoderPasses<Real>::look(const DecoderWeights<Real>& weights, const TokenRow& row, std::size_t cross,
                               Real* x) {
    const auto dim = shape_.dim;
    auto& rows = sight_->rows;
    rows.resize(row.seeing.size() * static_cast<std::size_t>(dim));
    for (std::size_t r = 0; r < row.seeing.size(); ++r)
        std::copy_n(x + row.seeing[r] * dim, dim, rows.data() + static_cast<std::int64_t>(r) * dim);
    crossForward<Real>(shape_, weights.vision->cross[cross], std::ssize(row.seeing),
                       std::ssize(sight_->tokens) / dim, sight_->tokens.data(), rows.data(),
                       sight_->traces[cross], scratch_);
    for (std::size_t r = 0; r < row.seeing.size(); ++r)
        std::copy_n(rows.data() + static_cast<std::int64_t>(r) * dim, dim, x + row.seeing[r] * dim);
}

// The gradient that comes and goes is spare_.
template <class Real>
void DecoderPasses<Real>::lookBackward(const DecoderWeights<Real>& weights, const TokenRow& row,
                                       std::size_t cross, const DecoderGradients<Real>& gradients) {
    const auto dim = shape_.dim;
    auto& rows = sight_->rows;
    rows.resize(row.seeing.size() * static_cast<std::size_t>(dim));
    for (std::size_t r = 0; r < row.seeing.size(); ++r)
        std::copy_n(spare_.data() + row.seeing[r] * dim, dim,
                    rows.data() + static_cast<std::int64_t>(r) * dim);
    crossBackward<Real>(shape_, weights.vision->cross[cross], std::ssize(row.seeing),
                        std::ssize(sight_->tokens) / dim, sight_->tokens.data(), sight_->traces[cross],
                        rows.data(), sight_->dTokens.data(), gradients.vision->cross[cross], scratch_);
    for (std::size_t r = 0; r < row.seeing.size(); ++r)
        std::copy_n(rows.data() + static_cast<std::int64_t>(r) * dim, dim,
                    spare_.data() + row.seeing[r] * dim);
}

// Ids behind the vocabulary have rows of their own.
template <class Real>
void DecoderPasses<Real>::embed(const DecoderWeights<Real>& weights, const TokenRow& row) {
    const auto dim = shape_.dim;
    for (std::int64_t t = 0; t < row.size(); ++t) {
        const auto id = std::int64_t{row.tokens[static_cast<std::size_t>(t)]};
        Real* to = inputs_[0].data() + t * dim;
        if (id >= weights.embedding.rows)
            std::copy_n(weights.vision->extraEmbeddings + (id - weights.embedding.rows) * dim, dim, to);
        else if (weights.embedding.data != nullptr)
            std::copy_n(weights.embedding.data + id * dim, dim, to);
        else
            weights.embedding.reader(id, id + 1, to);
    }
}

template <class Real>
std::span<const Real> DecoderPasses<Real>::forward(const DecoderWeights<Real>& weights, const TokenRow& row) {
    const auto dim = shape_.dim;
    const auto tokens = row.size();
    inputs_.resize(weights.blocks.size() + 1);
    traces_.resize(checkpointing_ == Checkpointing::none ? weights.blocks.size() : 1);
    for (auto& input : inputs_)
        input.resize(static_cast<std::size_t>(tokens * dim));
    embed(weights, row);
    if (row.picture != nullptr && sight_ != nullptr) {
        sight_->tokens = sight_->encoder.forward(*weights.vision, *row.picture);
        sight_->traces.resize(sight_->layers.size());
    }
    for (std::size_t layer = 0; layer < weights.blocks.size(); ++layer) {
        if (const auto cross = crossBefore(row, layer))
            look(weights, row, *cross, inputs_[layer].data());
        block(weights, row, layer, inputs_[layer].data(), inputs_[layer + 1].data());
    }
    hidden_.resize(static_cast<std::size_t>(tokens * dim));
    inverse_.resize(static_cast<std::size_t>(tokens));
    rmsnormForward(inputs_.back().data(), weights.finalNorm, static_cast<Real>(shape_.normEps), tokens, dim,
                   hidden_.data(), inverse_.data());
    return hidden_;
}

template <class Real>
void DecoderPasses<Real>::backward(const DecoderWeights<Real>& weights, const TokenRow& row,
                                   std::span<Real> dHidden, const DecoderGradients<Real>& gradients) {
    const auto dim = shape_.dim;
    const auto tokens = row.size();
    spare_.assign(static_cast<std::size_t>(tokens * dim), Real{0});
    rmsnormBackward(inputs_.back().data(), weights.finalNorm, inverse_.data(), dHidden.data(), tokens, dim,
                    spare_.data(), gradients.finalNorm);
    if (row.picture != nullptr && sight_ != nullptr)
        sight_->dTokens.assign(sight_->tokens.size(), Real{0});
    for (std::size_t layer = weights.blocks.size(); layer-- > 0;) {
        if (checkpointing_ == Checkpointing::blocks && layer + 1 < weights.blocks.size())
            block(weights, row, layer, inputs_[layer].data(), inputs_[layer + 1].data());
        blockBackward(shape_, weights.blocks[layer], table_, row.segments, tokens, traceOf(layer),
                      spare_.data(), spare_.data(), gradients.blocks[layer], scratch_);
        if (const auto cross = crossBefore(row, layer))
            lookBackward(weights, row, *cross, gradients);
    }
    if (row.picture != nullptr && sight_ != nullptr)
        sight_->encoder.backward(*weights.vision, sight_->dTokens, *gradients.vision);
    for (std::int64_t t = 0; t < tokens; ++t)
        if (Real* to = embeddingGradient(weights, gradients, row.tokens[static_cast<std::size_t>(t)]))
            for (std::int64_t i = 0; i < dim; ++i)
                to[i] += spare_[static_cast<std::size_t>(t * dim + i)];
}

template class DecoderPasses<float>;
template class DecoderPasses<double>;

}  // namespace engine::train
