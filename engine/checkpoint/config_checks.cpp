#include "engine/checkpoint/config_checks.h"

#include <algorithm>
#include <cmath>

namespace engine {
namespace {

struct Range {
    const char* name;
    std::int64_t value;
    std::int64_t least;
    std::int64_t most;
};

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const auto extent : shape)
        text += (text.empty() ? "" : "x") + std::to_string(extent);
    return text.empty() ? "scalar" : text;
}

/// Removes dims of 1 from a tensor whose shape then fits.
void squeeze(Tensor& tensor, const std::vector<std::int64_t>& wanted) {
    if (tensor.shape == wanted || tensor.strides.size() != tensor.shape.size())
        return;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;
    for (std::size_t i = 0; i < tensor.shape.size(); ++i)
        if (tensor.shape[i] != 1) {
            shape.push_back(tensor.shape[i]);
            strides.push_back(tensor.strides[i]);
        }
    if (shape == wanted) {
        tensor.shape = std::move(shape);
        tensor.strides = std::move(strides);
    }
}

class TensorChecker {
public:
    explicit TensorChecker(Checkpoint& checkpoint) : checkpoint_(checkpoint) {}

    Result<void> expect(const std::string& name, const std::vector<std::int64_t>& shape) {
        const auto at = checkpoint_.tensors.find(name);
        if (at == checkpoint_.tensors.end())
            return Error{ErrorCode::notFound,
                         "tensor " + name + " is missing (" + checkpoint_.path.string() +
                             "); the checkpoint is incomplete or of another architecture"};
        squeeze(at->second, shape);
        if (at->second.shape != shape)
            return Error{ErrorCode::corrupt, "tensor " + name + " is " + shapeText(at->second.shape) +
                                                 ", expected " + shapeText(shape) + " (" +
                                                 checkpoint_.path.string() + ")"};
        return {};
    }

    /// A weight [out, in] with its scales, zeros, adapter and bias, as far as they are there.
    Result<void> linear(const std::string& prefix, std::int64_t out, std::int64_t in) {
        if (auto ok = expect(prefix + ".weight", {out, in}); !ok)
            return ok;
        const auto& weight = checkpoint_.tensors.at(prefix + ".weight");
        if (weight.type == DType::i8)
            if (auto ok = scales(prefix, out, in); !ok)
                return ok;
        if (weight.type != DType::i8 && !isFloating(weight.type) && weight.type != DType::q8_0 &&
            weight.type != DType::q4_0 && weight.type != DType::coded)
            return Error{ErrorCode::unsupported, "tensor " + prefix + ".weight has type " +
                                                     std::string(name(weight.type)) +
                                                     ", which is not a weight type"};
        if (checkpoint_.find(prefix + ".bias") != nullptr)
            if (auto ok = expect(prefix + ".bias", {out}); !ok)
                return ok;
        if (checkpoint_.find(prefix + ".adaptor.A.weight") != nullptr ||
            checkpoint_.find(prefix + ".adaptor.B.weight") != nullptr)
            return adapter(prefix, out, in);
        return {};
    }

private:
    static bool isFloating(DType type) {
        return type == DType::f64 || type == DType::f32 || type == DType::f16 || type == DType::bf16;
    }

    Result<void> adapter(const std::string& prefix, std::int64_t out, std::int64_t in) {
        const auto* a = checkpoint_.find(prefix + ".adaptor.A.weight");
        if (!checkpoint_.config.lora) {
            if (a == nullptr || a->shape.size() != 2 || a->shape[0] < 1 || a->shape[0] > 4096)
                return Error{ErrorCode::corrupt,
                             "tensor " + prefix + ".adaptor.A.weight is missing or has no possible rank"};
            checkpoint_.config.lora = LoraConfig{a->shape[0], 2.0F};
            checkpoint_.config.notes.push_back("LoRA scale 2.0: the file has adapters but no lora_args");
        }
        const auto rank = checkpoint_.config.lora->rank;
        if (auto ok = expect(prefix + ".adaptor.A.weight", {rank, in}); !ok)
            return ok;
        return expect(prefix + ".adaptor.B.weight", {out, rank});
    }

    Result<void> scales(const std::string& prefix, std::int64_t out, std::int64_t in) {
        const auto name = prefix + ".scales";
        const auto at = checkpoint_.tensors.find(name);
        if (at == checkpoint_.tensors.end())
            return Error{ErrorCode::notFound, "tensor " + name +
                                                  " is missing: an int8 weight needs scales (" +
                                                  checkpoint_.path.string() + ")"};
        const auto groupSize = checkpoint_.config.groupSize;
        const bool channel = checkpoint_.schemeOf(prefix + ".weight") == "int8_channel";
        const std::vector<std::int64_t> grouped{out, (in + groupSize - 1) / groupSize};
        const std::vector<std::int64_t> perRow{out, 1};
        if (!isFloating(at->second.type))
            return Error{ErrorCode::corrupt, "tensor " + name + " is not of a floating-point type"};
        if (channel && at->second.shape.size() == 1 && at->second.shape[0] == out) {
            at->second.shape = perRow;
            at->second.strides = {at->second.strides[0], 1};
        }
        if (auto ok = expect(name, channel ? perRow : grouped); !ok)
            return Error{ErrorCode::corrupt,
                         ok.error().message + "; params.json says group size " + std::to_string(groupSize)};
        if (const auto* zeros = checkpoint_.find(prefix + ".zeros")) {
            if (zeros->elements() > out * grouped[1])
                return Error{ErrorCode::corrupt, "tensor " + prefix + ".zeros is larger than its scales"};
            for (const float zero : toFloats(*zeros))
                if (zero != 0.0F)
                    return Error{ErrorCode::unsupported,
                                 "tensor " + prefix + ".zeros is not zero; the scheme is symmetric"};
        }
        return {};
    }

    Checkpoint& checkpoint_;
};

bool allOnes(const Checkpoint& checkpoint, const std::string& name) {
    const auto* tensor = checkpoint.find(name);
    if (tensor == nullptr)
        return false;
    const auto values = toFloats(*tensor);
    return std::all_of(values.begin(), values.end(), [](float v) { return v == 1.0F; });
}

}  // namespace

Result<void> checkRanges(const ModelConfig& c) {
    const Range ranges[] = {{"dim", c.dim, 1, 1 << 20},
                            {"layers", c.nLayers, 1, 1024},
                            {"heads", c.nHeads, 1, 4096},
                            {"kv heads", c.nKvHeads, 1, 4096},
                            {"head width", c.headDim, 2, 65536},
                            {"vocabulary", c.vocabSize, 1, 1 << 24},
                            {"group size", c.groupSize, 1, 1 << 20},
                            {"context", c.contextLength, 1, std::int64_t{1} << 31}};
    for (const auto& range : ranges)
        if (range.value < range.least || range.value > range.most)
            return Error{ErrorCode::corrupt, std::string("the configuration gives ") + range.name + " " +
                                                 std::to_string(range.value) + "; " +
                                                 std::to_string(range.least) + " to " +
                                                 std::to_string(range.most) + " is possible"};
    if (c.headDim % 2 != 0)
        return Error{ErrorCode::corrupt, "the head width " + std::to_string(c.headDim) +
                                             " is odd, so it cannot be rotated in pairs"};
    if (c.nHeads % c.nKvHeads != 0)
        return Error{ErrorCode::corrupt, std::to_string(c.nHeads) + " heads cannot share " +
                                             std::to_string(c.nKvHeads) + " kv heads"};
    if (!(c.normEps > 0.0F && c.normEps < 1.0F))
        return Error{ErrorCode::corrupt, "the norm epsilon is outside 0 to 1"};
    if (!(c.rope.theta > 0.0 && std::isfinite(c.rope.theta)))
        return Error{ErrorCode::corrupt, "the RoPE base is not a positive number"};
    if (c.rope.scaling && !(c.rope.scaling->factor > 0.0F && std::isfinite(c.rope.scaling->factor) &&
                            std::isfinite(c.rope.scaling->highFreqFactor) &&
                            c.rope.scaling->highFreqFactor > c.rope.scaling->lowFreqFactor &&
                            c.rope.scaling->lowFreqFactor > 0.0F && c.rope.scaling->originalContext > 0))
        return Error{ErrorCode::corrupt, "the RoPE scaling numbers contradict each other"};
    if (c.lora && (c.lora->rank < 1 || c.lora->rank > 4096 || !std::isfinite(c.lora->scale)))
        return Error{ErrorCode::corrupt, "the LoRA rank or scale is out of range"};
    return {};
}

Result<void> checkTensors(Checkpoint& checkpoint) {
    auto& c = checkpoint.config;
    const auto* w1 = checkpoint.find("layers.0.feed_forward.w1.weight");
    if (w1 != nullptr && w1->shape.size() == 2)
        c.hiddenDim = w1->shape[0];
    if (c.hiddenDim < 1 || c.hiddenDim > (1 << 22))
        return Error{ErrorCode::notFound,
                     "tensor layers.0.feed_forward.w1.weight is missing or has no FFN width (" +
                         checkpoint.path.string() + ")"};
    const bool int4 = w1 != nullptr && w1->type == DType::i8;
    if (int4 && c.groupSize % 32 != 0)
        return Error{ErrorCode::unsupported,
                     "group size " + std::to_string(c.groupSize) + " is not a multiple of 32"};
    TensorChecker check(checkpoint);
    if (auto ok = check.linear("tok_embeddings", c.vocabSize, c.dim); !ok)
        return ok;
    const auto qDim = c.nHeads * c.headDim;
    const auto kvDim = c.nKvHeads * c.headDim;
    for (std::int64_t layer = 0; layer < c.nLayers; ++layer) {
        const auto prefix = "layers." + std::to_string(layer) + ".";
        const std::tuple<const char*, std::int64_t, std::int64_t> linears[] = {
            {"attention.wq", qDim, c.dim},           {"attention.wk", kvDim, c.dim},
            {"attention.wv", kvDim, c.dim},          {"attention.wo", c.dim, qDim},
            {"feed_forward.w1", c.hiddenDim, c.dim}, {"feed_forward.w2", c.dim, c.hiddenDim},
            {"feed_forward.w3", c.hiddenDim, c.dim}};
        for (const auto& [linear, out, in] : linears)
            if (auto ok = check.linear(prefix + linear, out, in); !ok)
                return ok;
        for (const char* norm : {"attention_norm.weight", "ffn_norm.weight"})
            if (auto ok = check.expect(prefix + norm, {c.dim}); !ok)
                return ok;
        if (c.attentionBias)
            for (const char* bias : {"attention.wq.bias", "attention.wk.bias", "attention.wv.bias"})
                if (checkpoint.find(prefix + bias) == nullptr)
                    return Error{ErrorCode::notFound, "tensor " + prefix + bias + " is missing (" +
                                                          checkpoint.path.string() + ")"};
    }
    if (auto ok = check.expect("norm.weight", {c.dim}); !ok)
        return ok;
    c.tiedEmbeddings = checkpoint.find("output.weight") == nullptr;
    if (!c.tiedEmbeddings)
        if (auto ok = check.linear("output", c.vocabSize, c.dim); !ok)
            return ok;
    return {};
}

void decideVariant(Checkpoint& checkpoint, const CheckpointOptions& options) {
    auto& c = checkpoint.config;
    const auto* weight = checkpoint.find("layers.0.attention.wq.weight");
    if (!c.variant.empty())  // the file says it
        return;
    if (weight->type == DType::i8) {
        if (options.hadamardFfn) {
            c.hadamardFfn = *options.hadamardFfn;
            c.notes.push_back(std::string("online Hadamard before w2 ") + (c.hadamardFfn ? "on" : "off") +
                              ": as asked for");
        } else if (!c.hadamardFfn && !c.lora && allOnes(checkpoint, "norm.weight") &&
                   allOnes(checkpoint, "layers.0.attention_norm.weight") &&
                   allOnes(checkpoint, "layers.0.ffn_norm.weight")) {
            c.hadamardFfn = true;
            c.notes.push_back(
                "online Hadamard before w2 on: the file does not say, but all norms are 1 and there are no "
                "adapters");
        }
        c.variant = c.lora ? "QAT+LoRA" : c.hadamardFfn ? "SpinQuant" : "INT4";
        return;
    }
    switch (weight->type) {
        case DType::bf16:
            c.variant = "BF16";
            break;
        case DType::f16:
            c.variant = "F16";
            break;
        case DType::q4_0:
            c.variant = "Q4_0";
            break;
        case DType::q8_0:
            c.variant = "Q8_0";
            break;
        default:
            c.variant = "F32";
    }
    if (c.lora)
        c.variant += "+LoRA";
}

}  // namespace engine
