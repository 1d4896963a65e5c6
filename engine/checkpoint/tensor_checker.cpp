#include "engine/checkpoint/tensor_checker.h"

namespace engine {
namespace {

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

bool isFloating(DType type) {
    return type == DType::f64 || type == DType::f32 || type == DType::f16 || type == DType::bf16;
}

}  // namespace

Result<void> TensorChecker::expect(const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto at = checkpoint_.tensors.find(name);
    if (at == checkpoint_.tensors.end())
        return Error{ErrorCode::notFound, "tensor " + name + " is missing (" + checkpoint_.path.string() +
                                              "); the checkpoint is incomplete or of another architecture"};
    squeeze(at->second, shape);
    if (at->second.shape != shape)
        return Error{ErrorCode::corrupt, "tensor " + name + " is " + shapeText(at->second.shape) +
                                             ", expected " + shapeText(shape) + " (" +
                                             checkpoint_.path.string() + ")"};
    return {};
}

Result<void> TensorChecker::linear(const std::string& prefix, std::int64_t out, std::int64_t in) {
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

Result<void> TensorChecker::floatLinear(const std::string& prefix, std::int64_t out, std::int64_t in) {
    if (auto ok = expect(prefix + ".weight", {out, in}); !ok)
        return ok;
    const auto type = checkpoint_.tensors.at(prefix + ".weight").type;
    if (type == DType::i8)
        if (auto ok = scales(prefix, out, in); !ok)
            return ok;
    if (!isFloating(type) && type != DType::i8)
        return Error{
            ErrorCode::unsupported,
            "tensor " + prefix + ".weight has type " + std::string(name(type)) +
                "; the image encoder and cross-attention are read in floating point or in 8-bit rows"};
    if (checkpoint_.find(prefix + ".bias") != nullptr)
        return expect(prefix + ".bias", {out});
    return {};
}

Result<void> TensorChecker::adapter(const std::string& prefix, std::int64_t out, std::int64_t in) {
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

Result<void> TensorChecker::scales(const std::string& prefix, std::int64_t out, std::int64_t in) {
    const auto name = prefix + ".scales";
    const auto at = checkpoint_.tensors.find(name);
    if (at == checkpoint_.tensors.end())
        return Error{ErrorCode::notFound, "tensor " + name + " is missing: an int8 weight needs scales (" +
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

}  // namespace engine
