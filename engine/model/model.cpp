#include "engine/model/model.h"

#include <algorithm>
#include <cstdio>

#include "engine/base/mapped_file.h"
#include "engine/model/architectures.h"
#include "engine/model/weights_size.h"

namespace engine {
namespace {

std::string outputName(const Checkpoint& checkpoint) {
    return checkpoint.find("output.weight") != nullptr ? "output" : "tok_embeddings";
}

std::string gib(std::int64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f GiB", static_cast<double>(bytes) / (1024.0 * 1024.0 * 1024.0));
    return text;
}

PackOptions linearOptions(const ModelOptions& options) {
    return {options.linears, options.exact};
}
PackOptions outputOptions(const ModelOptions& options) {
    return {options.outputHead, options.exact};
}

/// Bytes that loading will allocate, checked against what the machine has.
Result<std::int64_t> checkFits(const Checkpoint& checkpoint, const KernelPlan& plan,
                               const ModelOptions& options) {
    std::int64_t total = 0;
    for (std::int64_t layer = 0; layer < checkpoint.config.nLayers; ++layer)
        for (const auto& name : linearNames(layer)) {
            auto bytes = packedBytes(checkpoint, name + ".weight", plan, linearOptions(options));
            if (!bytes)
                return bytes.error();
            total += *bytes;
        }
    auto bytes = packedBytes(checkpoint, outputName(checkpoint) + ".weight", plan, outputOptions(options));
    if (!bytes)
        return bytes.error();
    total += *bytes;
    auto vision = visionSize(checkpoint, plan, options);
    if (!vision)
        return vision.error();
    total += *vision;
    if (const auto available = availableMemoryBytes(); available && total > *available)
        return Error{ErrorCode::outOfMemory,
                     "the weights need " + gib(total) + ", but only " + gib(*available) +
                         " of memory are free; close programs or choose a smaller variant"};
    return total;
}

Result<std::vector<float>> loadNorm(const Checkpoint& checkpoint, const std::string& name) {
    auto tensor = checkpoint.require(name);
    if (!tensor)
        return tensor.error();
    auto values = toFloats(**tensor);
    if (std::int64_t(values.size()) != checkpoint.config.dim)
        return Error{ErrorCode::corrupt, name + " has " + std::to_string(values.size()) +
                                             " elements, expected " + std::to_string(checkpoint.config.dim)};
    return values;
}

struct BlockLoader {
    WeightLoader& weights;
    const ModelOptions& options;

    Result<DecoderBlock> load(std::int64_t layer) const {
        const Checkpoint& checkpoint = weights.checkpoint();
        const auto prefix = "layers." + std::to_string(layer) + ".";
        DecoderBlock block;
        auto attentionNorm = loadNorm(checkpoint, prefix + "attention_norm.weight");
        if (!attentionNorm)
            return attentionNorm.error();
        block.attentionNorm = std::move(*attentionNorm);
        auto ffnNorm = loadNorm(checkpoint, prefix + "ffn_norm.weight");
        if (!ffnNorm)
            return ffnNorm.error();
        block.ffnNorm = std::move(*ffnNorm);
        Linear* const targets[] = {&block.wq, &block.wk, &block.wv, &block.wo,
                                   &block.w1, &block.w2, &block.w3};
        const auto names = linearNames(layer);
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto linear = loadLinear(weights, names[i], linearOptions(options));
            if (!linear)
                return linear.error();
            *targets[i] = std::move(*linear);
        }
        block.w2.hadamardInput = checkpoint.config.hadamardFfn;
        return block;
    }

    static std::int64_t bytes(const DecoderBlock& b) {
        return b.wq.bytes() + b.wk.bytes() + b.wv.bytes() + b.wo.bytes() + b.w1.bytes() + b.w2.bytes() +
               b.w3.bytes() + static_cast<std::int64_t>((b.attentionNorm.size() + b.ffnNorm.size()) * 4);
    }
};

}  // namespace

std::int64_t countParameters(const Checkpoint& checkpoint) {
    std::int64_t total = 0;
    for (const auto& [name, tensor] : checkpoint.tensors)
        if (!name.ends_with(".scales") && !name.ends_with(".zeros"))
            total += tensor.elements();
    return total;
}

Result<void> Model::loadEmbedding() {
    auto tensor = checkpoint_->require("tok_embeddings.weight");
    if (!tensor)
        return tensor.error();
    const Tensor& table = **tensor;
    const auto& config = checkpoint_->config;
    if (table.shape.size() != 2 || table.shape[1] != config.dim)
        return Error{ErrorCode::corrupt,
                     "tok_embeddings.weight does not have " + std::to_string(config.dim) + " columns"};
    embedding_.rows = table.shape[0];
    embedding_.dim = config.dim;
    embedding_.data = table.data;
    using Type = kernels::embedding::TableType;
    const auto inPlace = [&](Type type, std::int64_t rowBytes) {
        embedding_.type = type;
        embedding_.rowBytes = rowBytes;
    };
    const bool contiguous = table.contiguous();
    if (table.type == DType::f32 && contiguous) {
        inPlace(Type::f32, config.dim * 4);
    } else if (table.type == DType::f16 && contiguous) {
        inPlace(Type::f16, config.dim * 2);
    } else if (table.type == DType::bf16 && contiguous) {
        inPlace(Type::bf16, config.dim * 2);
    } else if (table.type == DType::q8_0) {
        inPlace(Type::q8_0, config.dim / 32 * 34);
    } else if (table.type == DType::q4_0) {
        inPlace(Type::q4_0, config.dim / 32 * 18);
    } else if (table.type == DType::i8 && contiguous) {
        inPlace(Type::int8_channel, config.dim);
        auto scales = checkpoint_->require("tok_embeddings.scales");
        if (!scales)
            return scales.error();
        embeddingScales_ = toFloats(**scales);
        if (std::int64_t(embeddingScales_.size()) != embedding_.rows)
            return Error{ErrorCode::corrupt, "tok_embeddings.scales does not have one value per row"};
        embedding_.scales = embeddingScales_.data();
    } else {
        embeddingFloats_ = toFloats(table);
        embedding_.data = embeddingFloats_.data();
        inPlace(Type::f32, config.dim * 4);
        if (table.type == DType::i8)
            return Error{ErrorCode::unsupported,
                         "tok_embeddings.weight is int8 and not contiguous; save it contiguous"};
    }
    return {};
}

void Model::dropEmbeddingPages() const {
    constexpr std::int64_t kWorthDropping = std::int64_t{16} << 20;
    const auto bytes = embedding_.rows * embedding_.rowBytes;
    if (embeddingFloats_.empty() && bytes >= kWorthDropping)
        MappedFile::drop(static_cast<const std::byte*>(embedding_.data), static_cast<std::size_t>(bytes));
}

Result<std::shared_ptr<const Model>> Model::load(std::shared_ptr<const Checkpoint> checkpoint,
                                                 KernelPlan plan, const ModelOptions& options,
                                                 ThreadTeam& team, const LoadProgress& progress,
                                                 std::stop_token stop) {
    if (auto architecture = findArchitecture(checkpoint->config.architecture); !architecture)
        return architecture.error();
    auto total = checkFits(*checkpoint, plan, options);
    if (!total)
        return total.error();
    std::shared_ptr<Model> model(new Model);
    model->checkpoint_ = std::move(checkpoint);
    model->plan_ = std::move(plan);
    model->options_ = options;
    const Checkpoint& source = *model->checkpoint_;

    WeightLoader weights(source, model->plan_, team);
    if (options.packedCopy)
        weights.useCopy(packedCacheKey(source, model->plan_, linearOptions(options), outputOptions(options)));
    const BlockLoader loader{weights, model->options_};
    for (std::int64_t layer = 0; layer < source.config.nLayers; ++layer) {
        if (stop.stop_requested())
            return Error{ErrorCode::cancelled, "loading was stopped"};
        auto block = loader.load(layer);
        if (!block)
            return block.error();
        model->weightsBytes_ += BlockLoader::bytes(*block);
        model->blocks_.push_back(std::move(*block));
        if (progress)
            progress(model->weightsBytes_, *total);
    }
    if (source.config.vision) {
        auto vision = VisionWeights::load(weights, linearOptions(options));
        if (!vision)
            return vision.error();
        model->vision_ = std::move(*vision);
        model->weightsBytes_ += visionSize(source, model->plan_, options).value_or(0);
    }
    auto finalNorm = loadNorm(source, "norm.weight");
    if (!finalNorm)
        return finalNorm.error();
    model->finalNorm_ = std::move(*finalNorm);
    if (auto embedding = model->loadEmbedding(); !embedding)
        return embedding.error();
    auto output = loadLinear(weights, outputName(source), outputOptions(options));
    if (!output)
        return output.error();
    model->output_ = std::move(*output);
    if (auto finished = weights.finish(stop); !finished)
        return finished.error();
    model->packedCopy_ = weights.state();
    model->packedCopyNote_ = weights.note();
    model->weightsBytes_ += model->output_.bytes() + static_cast<std::int64_t>(model->finalNorm_.size() * 4);
    if (source.find("output.weight") != nullptr)
        model->weightsBytes_ += model->embedding_.rows * model->embedding_.rowBytes +
                                static_cast<std::int64_t>(model->embeddingScales_.size() * 4);
    model->parameters_ = countParameters(source);
    for (const auto& [name, tensor] : source.tensors)
        if (tensor.contiguous())
            MappedFile::drop(tensor.data, tensor.bytes());
    if (progress)
        progress(*total, *total);
    return std::shared_ptr<const Model>(std::move(model));
}

}  // namespace engine
