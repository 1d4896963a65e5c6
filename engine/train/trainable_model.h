#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/train/decoder_passes.h"
#include "engine/train/fake_quantize.h"
#include "engine/train/loss_head.h"

namespace engine::train {

/// What the passes compute with, given the f32 master of a parameter.
enum class Effective { master, bf16, int4, int8 };

/// A trained tensor: its f32 master and, where the model computes with something coarser, that.
struct Parameter {
    std::string name;  ///< as in Checkpoint
    std::int64_t rows = 0;
    std::int64_t cols = 0;  ///< 1 for vectors
    bool decays = false;
    Effective effective = Effective::master;
    std::size_t offset = 0;      ///< of its first number in a gradient of the whole model
    std::vector<float> master;   // [rows, cols]
    std::vector<float> rounded;  // what `effective` makes of it; empty for Effective::master

    const float* values() const { return rounded.empty() ? master.data() : rounded.data(); }
    std::size_t size() const { return master.size(); }
};

/// What of a model is trained, and in which arithmetic.
struct TrainableOptions {
    bool backbone = true;       ///< all weights of the checkpoint
    std::int64_t loraRank = 0;  ///< adapters of this rank on every linear of the blocks; 0 = none
    float loraScale = 2.0F;
    bool bf16 = true;     ///< trained weights act as BF16 (f32 masters behind them)
    bool family = false;  ///< the family's scheme: int4 linears with 8-bit inputs, int8 embedding and head
    bool vision = false;  ///< the image encoder and the cross-attention blocks, of a model in Meta's layout
    bool quantizedBase = false;  ///< QLoRA: the frozen linears are rounded to int4, inputs are not
    std::uint64_t seed = 42;     ///< of new adapters
};

/// A checkpoint's model, some of whose weights are trained. The rest stays in the checkpoint's mapping or in
/// 4 bit, and is widened when it is read. Not for several threads while parameters change; passes of several
/// threads may read it.
class TrainableModel {
public:
    /// Weights from BF16, F16 and F32 checkpoints, and from the family's int4 ones (whose trained backbone
    /// starts at the dequantized values, and whose adapters go on). Errors: unsupported for other block
    /// types, for SpinQuant's online Hadamard and for vision parts that are not in Meta's layout; notFound.
    static Result<std::unique_ptr<TrainableModel>> create(std::shared_ptr<const Checkpoint> checkpoint,
                                                          const TrainableOptions& options);
    TrainableModel(const TrainableModel&) = delete;
    TrainableModel& operator=(const TrainableModel&) = delete;

    const Checkpoint& checkpoint() const { return *checkpoint_; }
    const ModelConfig& config() const { return checkpoint_->config; }
    const TrainableOptions& options() const { return options_; }
    BlockShape shape() const { return BlockShape::of(config()); }
    std::vector<Parameter>& parameters() { return parameters_; }
    const std::vector<Parameter>& parameters() const { return parameters_; }
    const Parameter* find(std::string_view name) const;
    /// What the passes compute with, of a tensor that is held as floats: trained, or kept from an earlier
    /// stage. nullptr where it stays in the checkpoint or is held as integers.
    const float* held(std::string_view tensor) const;
    /// Numbers that are trained.
    std::size_t trainedCount() const { return trainedCount_; }

    /// After parameters changed: what the passes compute with follows.
    void refresh();
    const DecoderWeights<float>& weights() const { return weights_; }
    OutputHead<float> head() const { return {weights_.output, weights_.quantizeOutputInput}; }
    /// Places in a gradient of trainedCount() numbers.
    DecoderGradients<float> gradientsIn(float* gradient) const;
    /// The gradient to what was computed with becomes that to the masters (straight through rounding).
    void straightThrough(float* gradient) const;

    /// The values of a tensor as the passes see them before rounding: the master, or what is frozen. For
    /// writing checkpoints and going on with another stage.
    std::vector<float> valuesOf(const std::string& tensor) const;
    /// The same as integers: of a master by rounding it, of what is frozen as it is.
    QuantizedWeight integersOf(const std::string& tensor, const WeightScheme& scheme) const;

    /// Goes on with the same numbers and other choices: the QAT-trained backbone becomes frozen int4,
    /// adapters are added or kept. Errors: as create().
    Result<std::unique_ptr<TrainableModel>> continued(const TrainableOptions& options) const;

private:
    struct Loader;
    TrainableModel() = default;

    std::shared_ptr<const Checkpoint> checkpoint_;
    TrainableOptions options_;
    std::vector<Parameter> parameters_;
    std::map<std::string, std::size_t, std::less<>> byName_;
    std::map<std::string, std::vector<float>, std::less<>> frozenVectors_;
    std::map<std::string, QuantizedWeight, std::less<>> frozenIntegers_;
    /// What frozen integers were rounded from, where a stage trained it: rounding what is dequantized would
    /// not give the same integers again.
    std::map<std::string, std::vector<float>, std::less<>> frozenMasters_;
    DecoderWeights<float> weights_;
    std::size_t trainedCount_ = 0;
};

}  // namespace engine::train
