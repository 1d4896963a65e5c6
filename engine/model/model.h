#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/available_memory.h"
#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/model/linear.h"
#include "engine/model/model_config.h"
#include "engine/model/vision_weights.h"
#include "engine/runtime/kernel_plan.h"
#include "engine/runtime/thread_team.h"

namespace engine {

struct ModelOptions {
    bool exact = false;  ///< no BF16 rounding of activations; GGUF blocks as f32
    QuantizedArithmetic linears = QuantizedArithmetic::dynamicInt8;
    QuantizedArithmetic outputHead =
        QuantizedArithmetic::dynamicInt8;  ///< 8da8w, or dequantized with float activations
    bool packedCopy = false;  ///< keep the packed weights beside the model, so that the next load reads them
};

struct DecoderBlock {
    std::vector<float> attentionNorm;  // [dim]
    std::vector<float> ffnNorm;        // [dim]
    Linear wq, wk, wv, wo;
    Linear w1, w2, w3;  // gate, down, up
};

/// Loading progress: bytes packed so far and in all.
using LoadProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// A loaded model: packed weights for one kernel plan. Never changes; may be shared by sessions of several
/// threads.
class Model {
public:
    /// Needs packed bytes + the embedding; refused before allocating when the machine has less memory
    /// available. Errors: unsupported architecture, notFound, corrupt, outOfMemory, cancelled.
    static Result<std::shared_ptr<const Model>> load(std::shared_ptr<const Checkpoint> checkpoint,
                                                     KernelPlan plan, const ModelOptions& options,
                                                     ThreadTeam& team, const LoadProgress& progress = {},
                                                     std::stop_token stop = {});

    const ModelConfig& config() const { return checkpoint_->config; }
    const Checkpoint& checkpoint() const { return *checkpoint_; }
    const KernelPlan& plan() const { return plan_; }
    const ModelOptions& options() const { return options_; }
    const std::vector<DecoderBlock>& blocks() const { return blocks_; }
    const std::vector<float>& finalNorm() const { return finalNorm_; }
    const Linear& output() const { return output_; }
    const kernels::embedding::Table& embedding() const { return embedding_; }
    /// Image encoder and cross-attention; null for text models.
    const VisionWeights* vision() const { return vision_ ? &*vision_ : nullptr; }
    /// The pages of the file that looking up rows has made resident leave this process' memory.
    void dropEmbeddingPages() const;

    std::int64_t parameters() const { return parameters_; }
    /// Resident weights: packed matrices, norms, and the embedding table where it is not the output's.
    std::int64_t weightsBytes() const { return weightsBytes_; }
    PackedCopy packedCopy() const { return packedCopy_; }
    /// Why packed weights on disk were not used or not written; empty where there is nothing to say.
    const std::string& packedCopyNote() const { return packedCopyNote_; }

private:
    Model() = default;
    Result<void> loadEmbedding();

    std::shared_ptr<const Checkpoint> checkpoint_;
    KernelPlan plan_;
    ModelOptions options_;
    std::vector<DecoderBlock> blocks_;
    std::optional<VisionWeights> vision_;
    std::vector<float> finalNorm_;
    Linear output_;
    kernels::embedding::Table embedding_;
    std::vector<float> embeddingScales_;
    std::vector<float> embeddingFloats_;  // only where the file's table cannot be read in place
    std::int64_t parameters_ = 0;
    std::int64_t weightsBytes_ = 0;
    PackedCopy packedCopy_ = PackedCopy::off;
    std::string packedCopyNote_;
};

/// Parameters of the architecture (adapters included), from the tensors' shapes; scales do not count.
std::int64_t countParameters(const Checkpoint& checkpoint);

}  // namespace engine
