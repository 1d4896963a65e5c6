#include "engine/train/trainable_model.h"

#include <cmath>
#include <random>

#include "engine/base/float_types.h"
#include "engine/train/frozen_weight.h"

namespace engine::train {
namespace {

constexpr WeightScheme kInt8Row{8, 0};

/// The embedding and the head have 8 bits per row in the family's scheme, linears of blocks 4 in groups.
bool isTable(std::string_view name) {
    return name == "tok_embeddings.weight" || name == "output.weight";
}

WeightScheme familyScheme(const ModelConfig& config, std::string_view name) {
    return isTable(name) ? kInt8Row : WeightScheme{4, config.groupSize};
}

std::string scalesOf(const std::string& weight) {
    return weight.substr(0, weight.size() - std::string_view("weight").size()) + "scales";
}

std::vector<float> checkpointValues(const Checkpoint& checkpoint, const std::string& name) {
    const auto* tensor = checkpoint.find(name);
    if (tensor == nullptr)
        return {};
    if (tensor->type != DType::i8)
        return toFloats(*tensor);
    const auto integers = quantizedFrom(*tensor, *checkpoint.find(scalesOf(name)),
                                        familyScheme(checkpoint.config, name).groupSize);
    std::vector<float> values(integers.values.size());
    integers.dequantize(0, integers.rows, values.data());
    return values;
}

/// Edge of the tables of tiles; 0 in Hugging Face's layout, which has a row per aspect ratio.
std::int64_t tileGrid(const Checkpoint& checkpoint) {
    const auto* table = checkpoint.find(kVisionEncoder + "gated_positional_embedding");
    return table != nullptr && table->shape.size() == 4 ? table->shape[0] : 0;
}

/// Normal deviates by Box and Muller, the same on every machine.
class Normal {
public:
    explicit Normal(std::uint64_t seed) : bits_(seed) {}
    float operator()() {
        const double radius = std::sqrt(-2.0 * std::log(uniform()));
        return static_cast<float>(radius * std::cos(6.283185307179586 * uniform()));
    }

private:
    double uniform() { return (static_cast<double>(bits_() >> 11) + 0.5) * 0x1p-53; }
    std::mt19937_64 bits_;
};

}  // namespace

/// Builds a model from a checkpoint or from what an earlier stage trained.
struct TrainableModel::Loader {
    TrainableModel& model;
    const TrainableModel* earlier;
    const TrainableOptions& options;
    Normal normal;

    const Checkpoint& checkpoint() const { return *model.checkpoint_; }

    bool has(const std::string& name) const {
        return checkpoint().find(name) != nullptr || (earlier != nullptr && earlier->find(name) != nullptr);
    }
    std::vector<float> values(const std::string& name) const {
        return earlier != nullptr ? earlier->valuesOf(name) : checkpointValues(checkpoint(), name);
    }

    /// What the passes of the stage before computed with, of tensors that are not integers.
    std::vector<float> frozenValues(const std::string& name) const {
        if (earlier != nullptr)
            if (const auto* parameter = earlier->find(name);
                parameter != nullptr && !parameter->rounded.empty())
                return parameter->rounded;
        return values(name);
    }

    void train(const std::string& name, std::int64_t rows, std::int64_t cols, Effective effective,
               std::vector<float> numbers) {
        Parameter parameter{name, rows, cols, cols > 1, effective, model.trainedCount_, std::move(numbers),
                            {}};
        if (effective != Effective::master)
            parameter.rounded.resize(parameter.master.size());
        model.trainedCount_ += parameter.size();
        model.byName_.emplace(name, model.parameters_.size());
        model.parameters_.push_back(std::move(parameter));
    }

    Effective plain() const { return options.bf16 ? Effective::bf16 : Effective::master; }

    void vector(const std::string& name, std::int64_t size) {
        if (options.backbone)
            train(name, size, 1, plain(), values(name));
        else
            model.frozenVectors_.emplace(name, frozenValues(name));
    }

    void matrix(const std::string& name, std::int64_t rows, std::int64_t cols) {
        const bool table = isTable(name);
        if (options.backbone) {
            const auto family = table ? Effective::int8 : Effective::int4;
            train(name, rows, cols, options.family ? family : plain(), values(name));
        } else if (options.family || (options.quantizedBase && !table)) {
            model.frozenIntegers_.emplace(name, integers(name, rows, cols));
            if (earlier != nullptr)
                model.frozenMasters_.emplace(name, earlier->valuesOf(name));
        } else if (earlier != nullptr) {
            model.frozenVectors_.emplace(name, frozenValues(name));
        }
    }

    QuantizedWeight integers(const std::string& name, std::int64_t rows, std::int64_t cols) const {
        const auto scheme = familyScheme(model.config(), name);
        if (earlier != nullptr)
            return earlier->integersOf(name, scheme);
        const auto* tensor = checkpoint().find(name);
        if (tensor->type == DType::i8)
            return quantizedFrom(*tensor, *checkpoint().find(scalesOf(name)), scheme.groupSize);
        return quantizeWeight(toFloats(*tensor).data(), rows, cols, scheme);
    }

    void adapter(const std::string& prefix, std::int64_t rows, std::int64_t cols) {
        const auto rank = options.loraRank;
        auto a = values(prefix + ".adaptor.A.weight");
        auto b = values(prefix + ".adaptor.B.weight");
        if (a.size() != static_cast<std::size_t>(rank * cols)) {
            a.resize(static_cast<std::size_t>(rank * cols));
            b.assign(static_cast<std::size_t>(rows * rank), 0.0F);
            for (float& value : a)
                value = normal() / std::sqrt(static_cast<float>(cols));
        }
        train(prefix + ".adaptor.A.weight", rank, cols, plain(), std::move(a));
        train(prefix + ".adaptor.B.weight", rows, rank, plain(), std::move(b));
    }

    /// Everything but the text model. Frozen parts are neither held nor computed with: rows are texts then.
    void vision() {
        struct Use {
            Loader& loader;
            void vector(const std::string& name, const std::vector<std::int64_t>& shape, const float*&) {
                std::int64_t size = 1;
                for (const auto extent : shape)
                    size *= extent;
                const auto cols = shape.size() > 1 ? shape.back() : 1;
                loader.visionPart(name, size / cols, cols);
            }
            void linear(const std::string& prefix, std::int64_t rows, std::int64_t cols, bool bias,
                        LinearWeights<float>&) {
                loader.visionPart(prefix + ".weight", rows, cols);
                if (bias)
                    loader.visionPart(prefix + ".bias", rows, 1);
            }
        };
        VisionWeights<float> parts;
        forVisionParts(model.config(), tileGrid(checkpoint()), parts, Use{*this});
    }

    void visionPart(const std::string& name, std::int64_t rows, std::int64_t cols) {
        if (options.vision)
            train(name, rows, cols, plain(), values(name));
        else if (earlier != nullptr && earlier->find(name) != nullptr)
            model.frozenVectors_.emplace(name, frozenValues(name));
    }

    /// Parameters have their places from here on; the views below point at them.
    void load() {
        const auto& c = model.config();
        matrix("tok_embeddings.weight", c.vocabSize, c.dim);
        for (std::int64_t layer = 0; layer < c.nLayers; ++layer) {
            const auto prefix = "layers." + std::to_string(layer) + ".";
            for (std::size_t i = 0; i < kBlockLinears; ++i) {
                const auto [rows, cols] = linearShape(model.shape(), static_cast<BlockLinear>(i));
                const auto linear = prefix + std::string(name(static_cast<BlockLinear>(i)));
                matrix(linear + ".weight", rows, cols);
                if (has(linear + ".bias"))
                    vector(linear + ".bias", rows);
                if (options.loraRank > 0)
                    adapter(linear, rows, cols);
            }
            vector(prefix + "attention_norm.weight", c.dim);
            vector(prefix + "ffn_norm.weight", c.dim);
        }
        vector("norm.weight", c.dim);
        if (!c.tiedEmbeddings)
            matrix("output.weight", c.vocabSize, c.dim);
        if (c.vision)
            vision();
    }

    const float* row(const std::string& name) const { return model.held(name); }

    MatrixView<float> view(const std::string& name, std::int64_t rows, std::int64_t cols) const {
        if (const auto* data = row(name))
            return {data, {}, rows, cols};
        if (const auto at = model.frozenIntegers_.find(name); at != model.frozenIntegers_.end())
            return viewOf(at->second);
        return viewOf(*checkpoint().find(name));
    }

    void describe() {
        const auto& c = model.config();
        auto& weights = model.weights_;
        weights.embedding = view("tok_embeddings.weight", c.vocabSize, c.dim);
        weights.output = c.tiedEmbeddings ? weights.embedding : view("output.weight", c.vocabSize, c.dim);
        weights.finalNorm = row("norm.weight");
        weights.quantizeOutputInput = options.family;
        for (std::int64_t layer = 0; layer < c.nLayers; ++layer) {
            const auto prefix = "layers." + std::to_string(layer) + ".";
            BlockWeights<float> block;
            for (std::size_t i = 0; i < kBlockLinears; ++i) {
                const auto [rows, cols] = linearShape(model.shape(), static_cast<BlockLinear>(i));
                const auto linear = prefix + std::string(name(static_cast<BlockLinear>(i)));
                block.linears[i] = {view(linear + ".weight", rows, cols),
                                    row(linear + ".bias"),
                                    row(linear + ".adaptor.A.weight"),
                                    row(linear + ".adaptor.B.weight"),
                                    options.loraRank,
                                    options.loraScale};
            }
            block.attentionNorm = row(prefix + "attention_norm.weight");
            block.ffnNorm = row(prefix + "ffn_norm.weight");
            block.inputBits = options.family ? 8 : 0;
            weights.blocks.push_back(std::move(block));
        }
        if (options.vision)
            describeVision();
    }

    void describeVision() {
        struct Use {
            const Loader& loader;
            void vector(const std::string& name, const std::vector<std::int64_t>&, const float*& part) {
                part = loader.row(name);
            }
            void linear(const std::string& prefix, std::int64_t rows, std::int64_t cols, bool bias,
                        LinearWeights<float>& part) {
                part.weight = loader.view(prefix + ".weight", rows, cols);
                part.bias = bias ? loader.row(prefix + ".bias") : nullptr;
            }
        };
        model.weights_.vision.emplace();
        forVisionParts(model.config(), tileGrid(checkpoint()), *model.weights_.vision, Use{*this});
    }
};

Result<std::unique_ptr<TrainableModel>> TrainableModel::create(std::shared_ptr<const Checkpoint> checkpoint,
                                                               const TrainableOptions& options) {
    if (checkpoint->config.hadamardFfn)
        return Error{ErrorCode::unsupported,
                     checkpoint->path.string() +
                         " is a SpinQuant variant, whose online Hadamard is not trained "
                         "through; fine-tune the BF16 variant that it was made from"};
    if (options.family && checkpoint->config.dim % 32 != 0)
        return Error{ErrorCode::unsupported, "the family's int4 scheme has groups of 32, and the width " +
                                                 std::to_string(checkpoint->config.dim) +
                                                 " is no multiple of it"};
    if (options.vision && (!checkpoint->config.vision || tileGrid(*checkpoint) == 0))
        return Error{ErrorCode::unsupported,
                     checkpoint->path.string() +
                         (checkpoint->config.vision
                              ? " has its image encoder in Hugging Face's layout; train the same model in "
                                "Meta's layout"
                              : " is a text model, which has no image encoder to train")};
    std::unique_ptr<TrainableModel> model(new TrainableModel);
    model->checkpoint_ = std::move(checkpoint);
    model->options_ = options;
    Loader loader{*model, nullptr, model->options_, Normal(options.seed)};
    loader.load();
    loader.describe();
    model->refresh();
    return model;
}

Result<std::unique_ptr<TrainableModel>> TrainableModel::continued(const TrainableOptions& options) const {
    std::unique_ptr<TrainableModel> model(new TrainableModel);
    model->checkpoint_ = checkpoint_;
    model->options_ = options;
    Loader loader{*model, this, model->options_, Normal(options.seed)};
    loader.load();
    loader.describe();
    model->refresh();
    return model;
}

const Parameter* TrainableModel::find(std::string_view parameter) const {
    const auto at = byName_.find(parameter);
    return at == byName_.end() ? nullptr : &parameters_[at->second];
}

const float* TrainableModel::held(std::string_view tensor) const {
    if (const auto* parameter = find(tensor))
        return parameter->values();
    const auto at = frozenVectors_.find(tensor);
    return at == frozenVectors_.end() ? nullptr : at->second.data();
}

void TrainableModel::refresh() {
    for (auto& parameter : parameters_) {
        if (parameter.effective == Effective::bf16)
            for (std::size_t i = 0; i < parameter.size(); ++i)
                parameter.rounded[i] = fromBf16(toBf16(parameter.master[i]));
        else if (parameter.effective != Effective::master)
            fakeQuantizeWeight(parameter.master.data(), parameter.rows, parameter.cols,
                               familyScheme(config(), parameter.name), parameter.rounded.data());
    }
}

namespace {

/// Binds the gradients of vision parts to their places.
struct VisionPlaces {
    const std::function<float*(const std::string&)> at;
    void vector(const std::string& name, const std::vector<std::int64_t>&, float*& part) { part = at(name); }
    void linear(const std::string& prefix, std::int64_t, std::int64_t, bool, LinearGradients<float>& part) {
        part.weight = at(prefix + ".weight");
        part.bias = at(prefix + ".bias");
    }
};

}  // namespace

DecoderGradients<float> TrainableModel::gradientsIn(float* gradient) const {
    const auto at = [&](const std::string& parameter) -> float* {
        const auto* found = find(parameter);
        return found == nullptr ? nullptr : gradient + found->offset;
    };
    DecoderGradients<float> gradients;
    gradients.embedding = at("tok_embeddings.weight");
    gradients.output = config().tiedEmbeddings ? gradients.embedding : at("output.weight");
    gradients.finalNorm = at("norm.weight");
    for (std::int64_t layer = 0; layer < config().nLayers; ++layer) {
        const auto prefix = "layers." + std::to_string(layer) + ".";
        BlockGradients<float> block;
        for (std::size_t i = 0; i < kBlockLinears; ++i) {
            const auto linear = prefix + std::string(name(static_cast<BlockLinear>(i)));
            block.linears[i] = {at(linear + ".weight"), at(linear + ".bias"),
                                at(linear + ".adaptor.A.weight"), at(linear + ".adaptor.B.weight")};
        }
        block.attentionNorm = at(prefix + "attention_norm.weight");
        block.ffnNorm = at(prefix + "ffn_norm.weight");
        gradients.blocks.push_back(block);
    }
    if (options_.vision) {
        gradients.vision.emplace();
        forVisionParts(config(), tileGrid(*checkpoint_), *gradients.vision, VisionPlaces{at});
    }
    return gradients;
}

void TrainableModel::straightThrough(float* gradient) const {
    for (const auto& parameter : parameters_)
        if (parameter.effective == Effective::int4 || parameter.effective == Effective::int8)
            maskClamped(parameter.master.data(), parameter.rows, parameter.cols,
                        familyScheme(config(), parameter.name), gradient + parameter.offset);
}

std::vector<float> TrainableModel::valuesOf(const std::string& tensor) const {
    if (const auto* parameter = find(tensor))
        return parameter->master;
    if (const auto at = frozenVectors_.find(tensor); at != frozenVectors_.end())
        return at->second;
    if (const auto at = frozenMasters_.find(tensor); at != frozenMasters_.end())
        return at->second;
    if (const auto at = frozenIntegers_.find(tensor); at != frozenIntegers_.end()) {
        std::vector<float> values(at->second.values.size());
        at->second.dequantize(0, at->second.rows, values.data());
        return values;
    }
    return checkpointValues(*checkpoint_, tensor);
}

QuantizedWeight TrainableModel::integersOf(const std::string& tensor, const WeightScheme& scheme) const {
    if (const auto at = frozenIntegers_.find(tensor); at != frozenIntegers_.end())
        return at->second;
    const auto values = valuesOf(tensor);
    const auto* parameter = find(tensor);
    const auto width = parameter != nullptr ? parameter->cols : checkpoint_->find(tensor)->shape[1];
    return quantizeWeight(values.data(), static_cast<std::int64_t>(values.size()) / width, width, scheme);
}

}  // namespace engine::train
