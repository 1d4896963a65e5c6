#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/train/cross_passes.h"
#include "engine/train/encoder_passes.h"

namespace engine::train {

/// What a whole text model computes with, effective values as in BlockWeights.
template <class Real>
struct DecoderWeights {
    MatrixView<Real> embedding;  // [vocab, dim]
    std::vector<BlockWeights<Real>> blocks;
    const Real* finalNorm = nullptr;   // [dim]
    MatrixView<Real> output;           // [vocab, dim]; the embedding's where they are tied
    bool quantizeOutputInput = false;  ///< the head's input passes through 8-bit fake quantization
    /// Of a vision model whose rows have pictures.
    std::optional<VisionWeights<Real>> vision;
};

/// Where gradients are added; nullptr: not wanted. Tied tables have one gradient.
template <class Real>
struct DecoderGradients {
    Real* embedding = nullptr;
    std::vector<BlockGradients<Real>> blocks;
    Real* finalNorm = nullptr;
    Real* output = nullptr;
    std::optional<VisionGradients<Real>> vision;  ///< there where the weights' is
};

/// Tokens of one pass: texts side by side that do not see each other.
struct TokenRow {
    std::vector<std::int32_t> tokens;
    std::vector<Segment> segments;  // cover the tokens in order
    /// A picture that some tokens see, or nullptr: then cross-attention is left out altogether.
    std::shared_ptr<const PicturePatches> picture = nullptr;
    std::vector<std::int64_t> seeing = {};  // rising: in every text those from its image token on

    std::int64_t size() const { return static_cast<std::int64_t>(tokens.size()); }
};

/// Which activations live from the forward pass to the backward pass.
enum class Checkpointing {
    none,    ///< all of them
    blocks,  ///< each block's input; the rest is computed again on the way back (memory of one block)
};

/// One thread's forward and backward passes through a model. Owns its activations; buffers grow to the
/// largest row of tokens seen.
template <class Real>
class DecoderPasses {
public:
    /// `table` must outlive it and hold the positions of the longest segment; `seeing`, the configuration of
    /// a vision model whose rows have pictures, too (nullptr: none).
    DecoderPasses(const BlockShape& shape, const RopeTable& table, Checkpointing checkpointing,
                  const ModelConfig* seeing = nullptr);

    /// The normalized hidden states that the output head reads, [tokens, dim]; valid until the next call.
    std::span<const Real> forward(const DecoderWeights<Real>& weights, const TokenRow& row);
    /// From the gradient to them, of the row that forward() was called with last. `dHidden` [tokens, dim] is
    /// used up.
    void backward(const DecoderWeights<Real>& weights, const TokenRow& row, std::span<Real> dHidden,
                  const DecoderGradients<Real>& gradients);

private:
    /// What the passes of pictures keep.
    struct Sight {
        explicit Sight(const ModelConfig& config) : encoder(config), layers(config.vision->crossLayers) {}
        EncoderPasses<Real> encoder;
        const std::vector<std::int64_t>& layers;  // decoder blocks with cross-attention before them
        std::vector<CrossTrace<Real>> traces;
        std::span<const Real> tokens;     // [keys, dim]
        std::vector<Real> rows, dTokens;  // [seeing, dim], [keys, dim]
    };

    void embed(const DecoderWeights<Real>& weights, const TokenRow& row);
    /// The cross-attention block before a decoder block, where there is one and the row has a picture.
    std::optional<std::size_t> crossBefore(const TokenRow& row, std::size_t layer) const;
    void look(const DecoderWeights<Real>& weights, const TokenRow& row, std::size_t cross, Real* x);
    void lookBackward(const DecoderWeights<Real>& weights, const TokenRow& row, std::size_t cross,
                      const DecoderGradients<Real>& gradients);
    void block(const DecoderWeights<Real>& weights, const TokenRow& row, std::size_t layer, const Real* x,
               Real* y);
    BlockTrace<Real>& traceOf(std::size_t layer) {
        return traces_[checkpointing_ == Checkpointing::none ? layer : 0];
    }

    BlockShape shape_;
    const RopeTable& table_;
    Checkpointing checkpointing_;
    std::vector<std::vector<Real>>
        inputs_;  // [layers + 1] of [tokens, dim]: what each block and the norm read
    std::vector<BlockTrace<Real>> traces_;
    BlockScratch<Real> scratch_;
    std::vector<Real> hidden_, inverse_, spare_;
    std::unique_ptr<Sight> sight_;
};

}  // namespace engine::train
