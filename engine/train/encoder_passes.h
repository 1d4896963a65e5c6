#pragma once

#include "engine/train/vision_parts.h"

namespace engine::train {

/// A picture cut into tiles and patches, as the encoder reads it.
struct PicturePatches {
    std::int64_t rows = 1;      ///< of tiles
    std::int64_t cols = 1;      ///< of tiles
    std::vector<float> values;  // [rows * cols, patchesPerTile, 3 * patch * patch]: channel, y, x

    std::int64_t tiles() const { return rows * cols; }
};

/// What the forward pass of an encoder block leaves for the way back.
template <class Real>
struct EncoderBlockTrace {
    std::vector<Real> x, n1, q, k, v, context, attended, middle, n2, fed;  // [all, width]
    std::vector<Real> wide, hidden;                                        // [all, hiddenDim]
    std::vector<Real> mean1, inverse1, mean2, inverse2;                    // [all]
    std::vector<Real> probabilities;
};

/// One thread's forward and backward passes through an image encoder and the projection behind it, over all
/// tiles of a picture at once. Present tiles' tokens come first, then the tokens that fill them up, then
/// absent tiles: a token of the first kind sees all, the others see only that kind (the reference's mask).
/// Source: llama-models, llama3/multimodal/model.py, VisionEncoder.
template <class Real>
class EncoderPasses {
public:
    /// `config` must outlive it and have vision.
    explicit EncoderPasses(const ModelConfig& config) : config_(config), vision_(*config.vision) {}

    /// The picture's vision tokens, [tiles * tokensPerTile, dim]; valid until the next call.
    std::span<const Real> forward(const VisionWeights<Real>& weights, const PicturePatches& picture);
    /// From the gradient to them, of the picture that forward() was called with last.
    void backward(const VisionWeights<Real>& weights, std::span<const Real> dTokens,
                  const VisionGradients<Real>& gradients);

private:
    using BlockWeights = EncoderBlockParts<LinearWeights<Real>, const Real*>;
    using BlockGradients = EncoderBlockParts<LinearGradients<Real>, Real*>;

    void measure(const PicturePatches& picture);
    /// Where a tile's tokens begin.
    std::int64_t tokenOf(std::int64_t tile) const;
    /// Where a tile stands in tables of tiles.
    std::int64_t placeOf(std::int64_t tile, std::int64_t grid) const {
        return tile / cols_ * grid + tile % cols_;
    }
    void embed(const VisionWeights<Real>& weights);
    void embedBackward(const VisionWeights<Real>& weights, const VisionGradients<Real>& gradients);
    void addPostTile(const VisionWeights<Real>& weights);
    void postTileBackward(const VisionWeights<Real>& weights, const VisionGradients<Real>& gradients);
    void block(const BlockWeights& weights, EncoderBlockTrace<Real>& trace);
    void blockBackward(const BlockWeights& weights, const EncoderBlockTrace<Real>& trace,
                       const BlockGradients& gradients);
    void gatherFeatures();
    void scatterFeatures(std::size_t layer);
    std::array<SeenKeys, 2> groups() const { return {{{0, live_, all_}, {live_, all_ - live_, live_}}}; }
    AttentionShape heads() const { return {vision_.nHeads, vision_.nHeads, vision_.width / vision_.nHeads}; }

    const ModelConfig& config_;
    const VisionConfig& vision_;
    std::int64_t tiles_ = 1, cols_ = 1, perTile_ = 0, pad_ = 0, live_ = 0, all_ = 0;
    std::vector<Real> patches_;                   // [tiles * patchesPerTile, 3 * patch * patch]
    std::vector<Real> patchTokens_;               // [tiles * patchesPerTile, width]
    std::vector<Real> embedded_, x_, post_, dx_;  // [all, width]; embedded_ before ln_pre
    std::vector<Real> meanPre_, inversePre_, meanPost_, inversePost_;  // [all]
    std::vector<EncoderBlockTrace<Real>> local_, global_;
    std::vector<Real> features_, dFeatures_;  // [live, featureDim]
    std::vector<Real> tokens_;                // [live, dim]
    std::vector<Real> weightScratch_, scores_, dq_, dk_, dv_, dBranch_, dNormed_, dWide_;
    LinearTrace<Real> none_;
};

}  // namespace engine::train
