#include "engine/train/decoder_passes.h"

#include <algorithm>

#include "engine/train/row_passes.h"

namespace engine::train {

template <class Real>
void DecoderPasses<Real>::block(const DecoderWeights<Real>& weights, const TokenRow& row, std::size_t layer,
                                const Real* x, Real* y) {
    blockForward(shape_, weights.blocks[layer], table_, row.segments, row.size(), x, y, traceOf(layer),
                 scratch_);
}

template <class Real>
std::span<const Real> DecoderPasses<Real>::forward(const DecoderWeights<Real>& weights, const TokenRow& row) {
    const auto dim = shape_.dim;
    const auto tokens = row.size();
    inputs_.resize(weights.blocks.size() + 1);
    traces_.resize(checkpointing_ == Checkpointing::none ? weights.blocks.size() : 1);
    for (auto& input : inputs_)
        input.resize(static_cast<std::size_t>(tokens * dim));
    for (std::int64_t t = 0; t < tokens; ++t) {
        const auto id = std::int64_t{row.tokens[static_cast<std::size_t>(t)]};
        Real* to = inputs_[0].data() + t * dim;
        if (weights.embedding.data != nullptr)
            std::copy_n(weights.embedding.data + id * dim, dim, to);
        else
            weights.embedding.reader(id, id + 1, to);
    }
    for (std::size_t layer = 0; layer < weights.blocks.size(); ++layer)
        block(weights, row, layer, inputs_[layer].data(), inputs_[layer + 1].data());
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
    for (std::size_t layer = weights.blocks.size(); layer-- > 0;) {
        if (checkpointing_ == Checkpointing::blocks && layer + 1 < weights.blocks.size())
            block(weights, row, layer, inputs_[layer].data(), inputs_[layer + 1].data());
        blockBackward(shape_, weights.blocks[layer], table_, row.segments, tokens, traceOf(layer),
                      spare_.data(), spare_.data(), gradients.blocks[layer], scratch_);
    }
    if (gradients.embedding != nullptr)
        for (std::int64_t t = 0; t < tokens; ++t) {
            Real* to = gradients.embedding + std::int64_t{row.tokens[static_cast<std::size_t>(t)]} * dim;
            for (std::int64_t i = 0; i < dim; ++i)
                to[i] += spare_[static_cast<std::size_t>(t * dim + i)];
        }
}

template class DecoderPasses<float>;
template class DecoderPasses<double>;

}  // namespace engine::train
