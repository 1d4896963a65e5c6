#include "engine/train/encoder_passes.h"

#include <algorithm>

#include "engine/train/gate_passes.h"
#include "engine/train/row_passes.h"

namespace engine::train {
namespace {

constexpr double kNormEps = 1e-5;
constexpr std::int64_t kPadTo = 8;  // tokens of a tile are filled up to a multiple of it, always by some

std::size_t size(std::int64_t n) {
    return static_cast<std::size_t>(n);
}

/// <a, b>, in double.
template <class Real>
double dot(const Real* a, const Real* b, std::int64_t n) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < n; ++i)
        sum += static_cast<double>(a[i] * b[i]);
    return sum;
}

/// Of y += tanh(gate) * table: the gradients to both, where they are wanted.
template <class Real>
void tableBackward(const Real* table, const Real* gate, const Real* dy, std::int64_t n, Real* dTable,
                   Real* dGate) {
    const Real open = openness(gate);
    if (dTable != nullptr)
        addScaled(dy, open, n, dTable);
    if (dGate != nullptr)
        *dGate += (1 - open * open) * static_cast<Real>(dot(table, dy, n));
}

template <class Real>
Real* at(Real* part, std::int64_t offset) {
    return part != nullptr ? part + offset : nullptr;
}

}  // namespace

template <class Real>
void EncoderPasses<Real>::measure(const PicturePatches& picture) {
    tiles_ = picture.tiles();
    cols_ = picture.cols;
    perTile_ = vision_.tokensPerTile();
    pad_ = kPadTo - perTile_ % kPadTo;
    live_ = tiles_ * perTile_;
    all_ = vision_.maxTiles * (perTile_ + pad_);
    patches_.assign(picture.values.begin(), picture.values.end());
}

template <class Real>
std::int64_t EncoderPasses<Real>::tokenOf(std::int64_t tile) const {
    return tile < tiles_ ? tile * perTile_ : live_ + tiles_ * pad_ + (tile - tiles_) * (perTile_ + pad_);
}

template <class Real>
void EncoderPasses<Real>::embed(const VisionWeights<Real>& weights) {
    const auto width = vision_.width;
    const auto patches = vision_.patchesPerTile();
    patchTokens_.resize(size(tiles_ * patches * width));
    linearForward(weights.patches, {patches_.data(), patches_.data()}, tiles_ * patches, patchTokens_.data(),
                  none_, weightScratch_);
    embedded_.assign(size(all_ * width), Real{0});
    x_.assign(size(all_ * width), Real{0});
    meanPre_.resize(size(all_));
    inversePre_.resize(size(all_));
    const Real positionGate = openness(weights.positionGate);
    for (std::int64_t tile = 0; tile < vision_.maxTiles; ++tile) {
        const auto first = tokenOf(tile);
        Real* tokens = embedded_.data() + first * width;
        std::copy_n(weights.classToken, width, tokens);
        addScaled(weights.position, 1 - positionGate, perTile_ * width, tokens);
        if (tile < tiles_) {
            const auto place = placeOf(tile, weights.grid);
            addScaled(patchTokens_.data() + tile * patches * width, Real{1}, patches * width, tokens + width);
            for (std::int64_t patch = 1; patch <= patches; ++patch)
                addScaled(weights.preTile + place * width, openness(weights.preTileGate), width,
                          tokens + patch * width);
            addScaled(weights.tilePosition + place * perTile_ * width, positionGate, perTile_ * width,
                      tokens);
        }
        layerNormForward(tokens, weights.lnPreWeight, weights.lnPreBias, static_cast<Real>(kNormEps),
                         perTile_, width, x_.data() + first * width, meanPre_.data() + first,
                         inversePre_.data() + first);
    }
}

template <class Real>
void EncoderPasses<Real>::embedBackward(const VisionWeights<Real>& weights,
                                        const VisionGradients<Real>& gradients) {
    const auto width = vision_.width;
    const auto patches = vision_.patchesPerTile();
    const auto count = perTile_ * width;
    const Real gate = openness(weights.positionGate);
    dBranch_.resize(size(count));
    for (std::int64_t tile = 0; tile < vision_.maxTiles; ++tile) {
        const auto first = tokenOf(tile);
        std::fill(dBranch_.begin(), dBranch_.end(), Real{0});
        const Real* d = dBranch_.data();
        layerNormBackward(embedded_.data() + first * width, weights.lnPreWeight, meanPre_.data() + first,
                          inversePre_.data() + first, dx_.data() + first * width, perTile_, width,
                          dBranch_.data(), gradients.lnPreWeight, gradients.lnPreBias);
        if (gradients.classToken != nullptr)
            addScaled(d, Real{1}, width, gradients.classToken);
        if (gradients.position != nullptr)
            addScaled(d, 1 - gate, count, gradients.position);
        if (gradients.positionGate != nullptr)
            *gradients.positionGate -= (1 - gate * gate) * static_cast<Real>(dot(weights.position, d, count));
        if (tile >= tiles_)
            continue;
        const auto place = placeOf(tile, weights.grid);
        tableBackward(weights.tilePosition + place * count, weights.positionGate, d, count,
                      at(gradients.tilePosition, place * count), gradients.positionGate);
        for (std::int64_t patch = 1; patch <= patches; ++patch)
            tableBackward(weights.preTile + place * width, weights.preTileGate, d + patch * width, width,
                          at(gradients.preTile, place * width), gradients.preTileGate);
        const Real* rows = patches_.data() + tile * patches * weights.patches.weight.cols;
        linearBackward<Real>(weights.patches, {rows, rows}, none_, d + width, patches, nullptr, false,
                             gradients.patches, weightScratch_);
    }
}

// The tile's own embedding goes to its tokens and to those that fill it up.
template <class Real>
void EncoderPasses<Real>::addPostTile(const VisionWeights<Real>& weights) {
    const auto width = vision_.width;
    for (std::int64_t tile = 0; tile < tiles_; ++tile)
        for (std::int64_t t = 0; t < perTile_ + pad_; ++t) {
            const auto token = t < perTile_ ? tile * perTile_ + t : live_ + tile * pad_ + t - perTile_;
            addScaled(weights.postTile + placeOf(tile, weights.grid) * width, openness(weights.postTileGate),
                      width, x_.data() + token * width);
        }
}

template <class Real>
void EncoderPasses<Real>::postTileBackward(const VisionWeights<Real>& weights,
                                           const VisionGradients<Real>& gradients) {
    const auto width = vision_.width;
    for (std::int64_t tile = 0; tile < tiles_; ++tile)
        for (std::int64_t t = 0; t < perTile_ + pad_; ++t) {
            const auto token = t < perTile_ ? tile * perTile_ + t : live_ + tile * pad_ + t - perTile_;
            const auto place = placeOf(tile, weights.grid) * width;
            tableBackward(weights.postTile + place, weights.postTileGate, dx_.data() + token * width, width,
                          at(gradients.postTile, place), gradients.postTileGate);
        }
}

template <class Real>
void EncoderPasses<Real>::block(const BlockWeights& weights, EncoderBlockTrace<Real>& trace) {
    const auto width = vision_.width;
    const auto eps = static_cast<Real>(kNormEps);
    const auto forward = [&](EncoderLinear linear, const std::vector<Real>& input, std::vector<Real>& out) {
        linearForward(weights.linears[linear], {input.data(), input.data()}, all_, out.data(), none_,
                      weightScratch_);
    };
    trace.x = x_;
    for (auto* rows :
         {&trace.n1, &trace.q, &trace.k, &trace.v, &trace.context, &trace.attended, &trace.n2, &trace.fed})
        rows->resize(size(all_ * width));
    for (auto* rows : {&trace.wide, &trace.hidden})
        rows->resize(size(all_ * vision_.hiddenDim));
    for (auto* rows : {&trace.mean1, &trace.inverse1, &trace.mean2, &trace.inverse2})
        rows->resize(size(all_));
    layerNormForward(x_.data(), weights.ln1Weight, weights.ln1Bias, eps, all_, width, trace.n1.data(),
                     trace.mean1.data(), trace.inverse1.data());
    forward(kEncoderWq, trace.n1, trace.q);
    forward(kEncoderWk, trace.n1, trace.k);
    forward(kEncoderWv, trace.n1, trace.v);
    const auto seen = groups();
    trace.probabilities.resize(size(probabilityCount(seen, vision_.nHeads)));
    fullAttentionForward<Real>(heads(), seen, trace.q.data(), trace.k.data(), trace.v.data(),
                               trace.probabilities.data(), trace.context.data());
    forward(kEncoderWo, trace.context, trace.attended);
    addScaled(trace.attended.data(), openness(weights.attentionGate), all_ * width, x_.data());

    trace.middle = x_;
    layerNormForward(x_.data(), weights.ln2Weight, weights.ln2Bias, eps, all_, width, trace.n2.data(),
                     trace.mean2.data(), trace.inverse2.data());
    forward(kWiden, trace.n2, trace.wide);
    geluForward(trace.wide.data(), all_ * vision_.hiddenDim, trace.hidden.data());
    forward(kNarrow, trace.hidden, trace.fed);
    addScaled(trace.fed.data(), openness(weights.ffnGate), all_ * width, x_.data());
}

// dx_ becomes the gradient to what the block read.
template <class Real>
void EncoderPasses<Real>::blockBackward(const BlockWeights& weights, const EncoderBlockTrace<Real>& trace,
                                        const BlockGradients& gradients) {
    const auto width = vision_.width;
    const auto backward = [&](EncoderLinear linear, const std::vector<Real>& input, const Real* dOut,
                              Real* dIn, bool accumulate) {
        linearBackward(weights.linears[linear], {input.data(), input.data()}, none_, dOut, all_, dIn,
                       accumulate, gradients.linears[linear], weightScratch_);
    };
    for (auto* rows : {&dBranch_, &dNormed_, &dq_})
        rows->resize(size(all_ * width));
    dWide_.resize(size(all_ * vision_.hiddenDim));
    gatedBackward(trace.fed.data(), weights.ffnGate, dx_.data(), all_ * width, dBranch_.data(),
                  gradients.ffnGate);
    backward(kNarrow, trace.hidden, dBranch_.data(), dWide_.data(), false);
    geluBackward(trace.wide.data(), dWide_.data(), all_ * vision_.hiddenDim, dWide_.data());
    backward(kWiden, trace.n2, dWide_.data(), dNormed_.data(), false);
    layerNormBackward(trace.middle.data(), weights.ln2Weight, trace.mean2.data(), trace.inverse2.data(),
                      dNormed_.data(), all_, width, dx_.data(), gradients.ln2Weight, gradients.ln2Bias);

    gatedBackward(trace.attended.data(), weights.attentionGate, dx_.data(), all_ * width, dBranch_.data(),
                  gradients.attentionGate);
    backward(kEncoderWo, trace.context, dBranch_.data(), dNormed_.data(), false);
    dk_.assign(size(all_ * width), Real{0});
    dv_.assign(size(all_ * width), Real{0});
    fullAttentionBackward<Real>(heads(), groups(), trace.q.data(), trace.k.data(), trace.v.data(),
                                trace.probabilities.data(), dNormed_.data(), dq_.data(), dk_.data(),
                                dv_.data(), scores_);
    backward(kEncoderWq, trace.n1, dq_.data(), dNormed_.data(), false);
    backward(kEncoderWk, trace.n1, dk_.data(), dNormed_.data(), true);
    backward(kEncoderWv, trace.n1, dv_.data(), dNormed_.data(), true);
    layerNormBackward(trace.x.data(), weights.ln1Weight, trace.mean1.data(), trace.inverse1.data(),
                      dNormed_.data(), all_, width, dx_.data(), gradients.ln1Weight, gradients.ln1Bias);
}

// The output, then the inputs of some local blocks, those of one channel side by side.
template <class Real>
void EncoderPasses<Real>::gatherFeatures() {
    const auto width = vision_.width;
    const auto count = std::ssize(vision_.intermediateLayers);
    features_.resize(size(live_ * vision_.featureDim()));
    for (std::int64_t t = 0; t < live_; ++t) {
        Real* to = features_.data() + t * vision_.featureDim();
        std::copy_n(x_.data() + t * width, width, to);
        for (std::int64_t i = 0; i < count; ++i) {
            const auto layer = size(vision_.intermediateLayers[size(i)]);
            for (std::int64_t channel = 0; channel < width; ++channel)
                to[width + channel * count + i] = local_[layer].x[size(t * width + channel)];
        }
    }
}

// Adds what the features' gradient says of a local block's input.
template <class Real>
void EncoderPasses<Real>::scatterFeatures(std::size_t layer) {
    const auto width = vision_.width;
    const auto count = std::ssize(vision_.intermediateLayers);
    for (std::int64_t i = 0; i < count; ++i)
        if (size(vision_.intermediateLayers[size(i)]) == layer)
            for (std::int64_t t = 0; t < live_; ++t)
                for (std::int64_t channel = 0; channel < width; ++channel)
                    dx_[size(t * width + channel)] +=
                        dFeatures_[size(t * vision_.featureDim() + width + channel * count + i)];
}

template <class Real>
std::span<const Real> EncoderPasses<Real>::forward(const VisionWeights<Real>& weights,
                                                   const PicturePatches& picture) {
    measure(picture);
    embed(weights);
    local_.resize(weights.local.size());
    global_.resize(weights.global.size());
    for (std::size_t layer = 0; layer < local_.size(); ++layer)
        block(weights.local[layer], local_[layer]);
    post_ = x_;
    meanPost_.resize(size(all_));
    inversePost_.resize(size(all_));
    layerNormForward(post_.data(), weights.lnPostWeight, weights.lnPostBias, static_cast<Real>(kNormEps),
                     all_, vision_.width, x_.data(), meanPost_.data(), inversePost_.data());
    addPostTile(weights);
    for (std::size_t layer = 0; layer < global_.size(); ++layer)
        block(weights.global[layer], global_[layer]);
    gatherFeatures();
    tokens_.resize(size(live_ * config_.dim));
    linearForward(weights.projection, {features_.data(), features_.data()}, live_, tokens_.data(), none_,
                  weightScratch_);
    return tokens_;
}

template <class Real>
void EncoderPasses<Real>::backward(const VisionWeights<Real>& weights, std::span<const Real> dTokens,
                                   const VisionGradients<Real>& gradients) {
    const auto width = vision_.width;
    dFeatures_.resize(features_.size());
    linearBackward(weights.projection, {features_.data(), features_.data()}, none_, dTokens.data(), live_,
                   dFeatures_.data(), false, gradients.projection, weightScratch_);
    dx_.assign(size(all_ * width), Real{0});
    for (std::int64_t t = 0; t < live_; ++t)
        std::copy_n(dFeatures_.data() + t * vision_.featureDim(), width, dx_.data() + t * width);
    for (std::size_t layer = global_.size(); layer-- > 0;)
        blockBackward(weights.global[layer], global_[layer], gradients.global[layer]);
    postTileBackward(weights, gradients);
    dNormed_.assign(size(all_ * width), Real{0});
    layerNormBackward(post_.data(), weights.lnPostWeight, meanPost_.data(), inversePost_.data(), dx_.data(),
                      all_, width, dNormed_.data(), gradients.lnPostWeight, gradients.lnPostBias);
    dx_.swap(dNormed_);
    for (std::size_t layer = local_.size(); layer-- > 0;) {
        blockBackward(weights.local[layer], local_[layer], gradients.local[layer]);
        scatterFeatures(layer);
    }
    embedBackward(weights, gradients);
}

template class EncoderPasses<float>;
template class EncoderPasses<double>;

}  // namespace engine::train
