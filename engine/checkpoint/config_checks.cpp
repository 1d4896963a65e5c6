#include "engine/checkpoint/config_checks.h"

#include <algorithm>
#include <cmath>

#include "engine/checkpoint/tensor_checker.h"
#include "engine/checkpoint/vision_checks.h"

namespace engine {
namespace {

struct Range {
    const char* name;
    std::int64_t value;
    std::int64_t least;
    std::int64_t most;
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
    return checkVision(checkpoint);
}

void decideVariant(Checkpoint& checkpoint, const CheckpointOptions& options) {
    auto& c = checkpoint.config;
    const auto* weight = checkpoint.find("layers.0.attention.wq.weight");
    const bool asked = options.hadamardFfn && weight->type == DType::i8;
    if (!c.variant.empty() && !asked)  // the file says it
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
