#pragma once

#include <cstdint>
#include <vector>

namespace engine {

/// What turns a text model into one that sees: an image encoder over tiles, and cross-attention blocks that
/// run before some of the decoder's own blocks. The id of an image token is the vocabulary's size.
struct VisionConfig {
    std::int64_t tileSize = 0;  ///< edge of a tile in pixels, a multiple of patchSize
    std::int64_t maxTiles = 4;  ///< of one image
    std::int64_t patchSize = 14;
    std::int64_t width = 0;      ///< of the encoder
    std::int64_t nHeads = 0;     ///< of the encoder
    std::int64_t hiddenDim = 0;  ///< of the encoder's feed-forward part
    std::int64_t nLayers = 0;    ///< local ones
    std::int64_t nGlobalLayers = 0;
    std::vector<std::int64_t> intermediateLayers;  ///< local layers whose input becomes part of the features
    std::vector<std::int64_t> crossLayers;  ///< decoder blocks before which cross-attention runs, rising
    std::int64_t extraEmbeddings = 8;       ///< ids from the vocabulary's size on

    std::int64_t patchesPerTile() const { return (tileSize / patchSize) * (tileSize / patchSize); }
    /// Patches and the class token.
    std::int64_t tokensPerTile() const { return patchesPerTile() + 1; }
    std::int64_t nCrossLayers() const { return static_cast<std::int64_t>(crossLayers.size()); }
    std::int64_t featureDim() const {
        return width * (static_cast<std::int64_t>(intermediateLayers.size()) + 1);
    }
    /// What the cross-attention blocks attend to for an image of so many tiles.
    std::int64_t imageTokens(std::int64_t tiles) const { return tiles * tokensPerTile(); }
    bool operator==(const VisionConfig&) const = default;
};

}  // namespace engine
