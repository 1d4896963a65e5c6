#include "engine/synthetic/random_model.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/pth_writer.h"
#include "engine/synthetic/random_gguf.h"
#include "engine/synthetic/random_vocabulary.h"
#include "engine/synthetic/random_weights.h"
#include "engine/tokenizer/bpe_vocabulary.h"

namespace engine {
namespace {

constexpr std::int64_t kGroupSize = 32;
constexpr std::int64_t kLoraRank = 16;  // of the released QAT+LoRA checkpoints
constexpr double kLoraScale = 2.0;

/// A tensor and what its values are.
struct Planned {
    NamedTensor tensor;
    RandomKind kind;
    float size = 0.0F;
};

class Plan {
public:
    Plan(const ModelShape& shape, RandomVariant variant) : shape_(shape), variant_(variant) {}

    std::vector<Planned> build() {
        const auto kv = shape_.dim / shape_.nHeads * shape_.nKvHeads;
        // As small as the output wants it where the two are one; every variant alike.
        eightBit("tok_embeddings", shape_.vocabSize, shape_.dim,
                 1.0F / std::sqrt(static_cast<float>(shape_.dim)));
        for (std::int64_t layer = 0; layer < shape_.nLayers; ++layer) {
            const std::string prefix = "layers." + std::to_string(layer) + ".";
            linear(prefix + "attention.wq", shape_.dim, shape_.dim);
            linear(prefix + "attention.wk", kv, shape_.dim);
            linear(prefix + "attention.wv", kv, shape_.dim);
            linear(prefix + "attention.wo", shape_.dim, shape_.dim);
            linear(prefix + "feed_forward.w1", shape_.hiddenDim, shape_.dim);
            linear(prefix + "feed_forward.w2", shape_.dim, shape_.hiddenDim);
            linear(prefix + "feed_forward.w3", shape_.hiddenDim, shape_.dim);
            norm(prefix + "attention_norm");
            norm(prefix + "ffn_norm");
        }
        norm("norm");
        eightBit("output", shape_.vocabSize, shape_.dim, 1.0F / std::sqrt(static_cast<float>(shape_.dim)));
        if (variant_ == RandomVariant::bf16)
            tensors_.back().tensor.sharedWith = 0;  // the family ties them; quantized variants have two
        return std::move(tensors_);
    }

private:
    void add(const std::string& name, DType type, std::vector<std::int64_t> extents, RandomKind kind,
             float size = 0.0F) {
        tensors_.push_back({{name, type, std::move(extents), {}}, kind, size});
    }
    void norm(const std::string& name) {
        add(name + ".weight", DType::bf16, {shape_.dim}, RandomKind::onesBf16);
    }

    void eightBit(const std::string& name, std::int64_t rows, std::int64_t cols, float deviation) {
        if (variant_ == RandomVariant::bf16) {
            add(name + ".weight", DType::bf16, {rows, cols}, RandomKind::normalBf16, deviation);
            return;
        }
        constexpr float kUniformDeviation = 73.6F;  // of whole numbers -127..127
        add(name + ".weight", DType::i8, {rows, cols}, RandomKind::int8);
        add(name + ".scales", DType::f32, {rows, 1}, RandomKind::scaleF32, deviation / kUniformDeviation);
    }

    void linear(const std::string& name, std::int64_t rows, std::int64_t cols) {
        const float deviation =
            1.0F / std::sqrt(static_cast<float>(cols));  // keeps activations at the size of one
        if (variant_ == RandomVariant::bf16) {
            add(name + ".weight", DType::bf16, {rows, cols}, RandomKind::normalBf16, deviation);
            return;
        }
        constexpr float kUniformDeviation = 4.6F;  // of whole numbers -8..7
        add(name + ".weight", DType::i8, {rows, cols}, RandomKind::int4);
        add(name + ".scales", DType::f32, {rows, cols / kGroupSize}, RandomKind::scaleF32,
            deviation / kUniformDeviation);
        if (variant_ == RandomVariant::qatLora) {
            add(name + ".adaptor.A.weight", DType::bf16, {kLoraRank, cols}, RandomKind::normalBf16,
                deviation);
            add(name + ".adaptor.B.weight", DType::bf16, {rows, kLoraRank}, RandomKind::normalBf16, 0.01F);
        }
    }

    const ModelShape& shape_;
    RandomVariant variant_;
    std::vector<Planned> tensors_;
};

nlohmann::json paramsOf(const ModelShape& shape, RandomVariant variant) {
    nlohmann::json params = {{"dim", shape.dim},
                             {"n_layers", shape.nLayers},
                             {"n_heads", shape.nHeads},
                             {"n_kv_heads", shape.nKvHeads},
                             {"vocab_size", shape.vocabSize},
                             {"multiple_of", shape.multipleOf},
                             {"ffn_dim_multiplier", shape.ffnDimMultiplier},
                             {"norm_eps", 1e-5},
                             {"rope_theta", 500000.0},
                             {"use_scaled_rope", shape.scaledRope}};
    if (variant == RandomVariant::bf16)
        return params;
    params["quantization_args"] = {{"scheme", "int4_weight_int8_dynamic_activation"},
                                   {"group_size", kGroupSize}};
    if (variant == RandomVariant::spinQuant)
        params["quantization_args"]["spinquant"] = true;
    else
        params["lora_args"] = {{"rank", kLoraRank}, {"scale", kLoraScale}};
    return params;
}

Result<void> writeText(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
        return Error{ErrorCode::io,
                     path.string() + " cannot be written; is there room, and may you write there?"};
    return {};
}

Result<RandomModelReport> makeRandomMeta(const ModelShape& shape, const RandomModelRequest& request,
                                         std::stop_token stop) {
    std::error_code failure;
    std::filesystem::create_directories(request.out, failure);
    if (failure)
        return Error{ErrorCode::io, request.out.string() + " cannot be made: " + failure.message()};
    const auto weights = request.out / "consolidated.00.pth";
    if (std::filesystem::exists(weights, failure))
        return Error{ErrorCode::invalidInput,
                     request.out.string() + " holds a model already; name another folder"};

    const auto planned = Plan(shape, request.variant).build();
    std::map<std::pair<RandomKind, float>, RandomPool> pools;
    std::vector<NamedTensor> tensors;
    RandomModelReport report{request.out};
    for (const auto& [tensor, kind, size] : planned) {
        pools.try_emplace({kind, size}, kind, size, request.seed + pools.size());
        tensors.push_back(tensor);
        if (tensor.sharedWith)
            continue;
        report.bytes += tensor.bytes();
        if (tensor.name.ends_with(".weight"))
            report.parameters += tensor.elements();
    }
    if (auto room = checkRoom(request.out, report.bytes); !room)
        return room.error();
    if (auto params = writeText(request.out / "params.json", paramsOf(shape, request.variant).dump(1) + "\n");
        !params)
        return params.error();
    if (auto tokenizer =
            writeText(request.out / "tokenizer.model", randomTiktoken(shape.vocabSize - kLlamaSpecials));
        !tokenizer)
        return tokenizer.error();
    const auto fill = [&](std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
        const auto& [tensor, kind, size] = planned[index];
        pools.at({kind, size}).fill(index, offset, bytes);
    };
    if (auto written = writePth(weights, tensors, fill, std::move(stop)); !written)
        return written.error();
    return report;
}

}  // namespace

const std::vector<ModelShape>& modelShapes() {
    static const std::vector<ModelShape> shapes = {
        {"1b", 2048, 16, 32, 8, 8192, 128256, 256, 1.5},
        {"3b", 3072, 28, 24, 8, 8192, 128256, 256, 1.0},
        {"tiny", 128, 2, 4, 2, 384, 1024, 32, 1.0, true, 8.0F},
    };
    return shapes;
}

Result<void> checkRoom(const std::filesystem::path& path, std::int64_t bytes) {
    std::error_code failure;
    const auto folder = std::filesystem::is_directory(path, failure) ? path : path.parent_path();
    const auto space = std::filesystem::space(folder.empty() ? "." : folder, failure);
    if (!failure && space.available < static_cast<std::uintmax_t>(bytes))
        return Error{ErrorCode::io, path.string() + " has room for " + std::to_string(space.available) +
                                        " bytes, the model takes " + std::to_string(bytes)};
    return {};
}

Result<RandomModelReport> makeRandomModel(const RandomModelRequest& request, std::stop_token stop) {
    const auto& shapes = modelShapes();
    const auto shape =
        std::find_if(shapes.begin(), shapes.end(), [&](const auto& s) { return s.name == request.shape; });
    if (shape == shapes.end())
        return Error{ErrorCode::invalidInput,
                     "there is no shape '" + request.shape + "'; there are 1b, 3b and tiny"};
    const bool asGguf = request.format == RandomFormat::gguf;
    const bool fits =
        request.variant == RandomVariant::bf16 || (request.variant == RandomVariant::q4_0) == asGguf;
    if (!fits)
        return Error{ErrorCode::invalidInput,
                     asGguf ? "GGUF files are made as bf16 and q4_0; qat-lora and spinquant are Meta's layout"
                            : "q4_0 is made as a GGUF file only; Meta's layout has bf16, qat-lora and "
                              "spinquant"};
    if (!asGguf)
        return makeRandomMeta(*shape, request, std::move(stop));
    std::error_code ignored;
    if (request.out.extension() != ".gguf" || std::filesystem::is_directory(request.out, ignored))
        return Error{ErrorCode::invalidInput,
                     request.out.string() + " does not end in .gguf, or is a folder; name the file to make"};
    if (std::filesystem::exists(request.out, ignored))
        return Error{ErrorCode::invalidInput, request.out.string() + " is there already; name another file"};
    return makeRandomGguf(*shape, request, std::move(stop));
}

}  // namespace engine
