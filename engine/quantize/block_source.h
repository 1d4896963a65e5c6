#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/checkpoint/checkpoint.h"
#include "engine/quantize/rotation.h"
#include "engine/runtime/thread_team.h"

namespace engine {

/// A linear's weight [rows, cols] in f32 with its bias ([rows] or empty).
struct LinearWeights {
    std::string name;  ///< Meta's, without .weight
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<float> weight;
    std::vector<float> bias;
};

/// One decoder block in f32.
struct BlockWeights {
    std::vector<float> attentionNorm;      // [dim]
    std::vector<float> ffnNorm;            // [dim]
    std::array<LinearWeights, 7> linears;  ///< wq wk wv wo w1 w2 w3
};

/// The rotations of SpinQuant (arXiv:2405.16406): R1 of the residual stream and one R2 per layer between
/// values and wo are folded into weights, R4 is undone online before w2.
struct Rotations {
    RowRotation residual;               ///< R1, [dim]
    std::vector<RowRotation> values;    ///< R2, [headDim] each
    std::optional<RowRotation> hidden;  ///< R4, [hiddenDim]
    /// Random Hadamard matrices. Without `online` no R4: for files whose programs have no transform before
    /// w2.
    static Rotations random(const ModelConfig& config, std::uint64_t seed, bool online);
};

/// Reads a source model block by block in f32, adapters added into the weights, in the pair order of q and k
/// that the variant will have, and rotated where rotations are given: norms are folded into the linears that
/// follow (and are 1 then), in double. Memory: one block.
class BlockSource {
public:
    /// `rotations` (may be null) outlives the source, which sees what becomes of them; `team` (may be
    /// null), too, turns a block's linears.
    BlockSource(const Checkpoint& checkpoint, RopePairs pairs, const Rotations* rotations,
                ThreadTeam* team = nullptr)
        : checkpoint_(checkpoint), pairs_(pairs), rotations_(rotations), team_(team) {}

    /// Errors: as Checkpoint::require().
    Result<BlockWeights> block(std::int64_t layer) const;
    Result<std::vector<float>> finalNorm() const;
    /// Rows [begin, end) of the embedding or the head, [end - begin, dim].
    Result<std::vector<float>> embeddingRows(std::int64_t begin, std::int64_t end) const;
    Result<std::vector<float>> headRows(std::int64_t begin, std::int64_t end) const;
    /// Whether the head is a table of its own: always, once the final norm is folded into it.
    bool untied() const { return rotations_ != nullptr || !checkpoint_.config.tiedEmbeddings; }
    const ModelConfig& config() const { return checkpoint_.config; }
    RopePairs pairs() const { return pairs_; }

private:
    Result<LinearWeights> linear(const std::string& name) const;
    Result<std::vector<float>> norm(const std::string& name) const;
    void reorderPairs(LinearWeights& linear) const;
    void rotate(BlockWeights& block, std::int64_t layer) const;
    void rotate(LinearWeights& linear, std::size_t index, const std::vector<float>& gain,
                const RowRotation& values) const;

    const Checkpoint& checkpoint_;
    RopePairs pairs_;
    const Rotations* rotations_;
    ThreadTeam* team_;
};

}  // namespace engine
