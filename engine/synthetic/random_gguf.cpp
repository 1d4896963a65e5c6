#include "engine/synthetic/random_gguf.h"

#include <cmath>
#include <cstring>
#include <map>

#include "engine/checkpoint/gguf_writer.h"
#include "engine/model/rope_table.h"
#include "engine/synthetic/random_vocabulary.h"
#include "engine/synthetic/random_weights.h"

namespace engine {
namespace {

constexpr double kRopeTheta = 500000.0;
constexpr std::uint32_t kContextLength = 131072;
constexpr const char* kRopeDivisors = "rope_freqs.weight";

/// What the values of a tensor are.
struct Values {
    RandomKind kind;
    float size = 0.0F;
};

class Plan {
public:
    Plan(const ModelShape& shape, RandomVariant variant)
        : shape_(shape), blocks_(variant == RandomVariant::q4_0) {
        const auto headDim = shape.dim / shape.nHeads;
        const auto kv = headDim * shape.nKvHeads;
        matrix("token_embd", shape.vocabSize, shape.dim, blocks_ ? DType::q8_0 : DType::bf16);
        norm("output_norm");
        if (shape.scaledRope)
            add(kRopeDivisors, DType::f32, {headDim / 2}, {RandomKind::onesF32});
        for (std::int64_t layer = 0; layer < shape.nLayers; ++layer) {
            const std::string prefix = "blk." + std::to_string(layer) + ".";
            linear(prefix + "attn_q", shape.dim, shape.dim);
            linear(prefix + "attn_k", kv, shape.dim);
            linear(prefix + "attn_v", kv, shape.dim);
            linear(prefix + "attn_output", shape.dim, shape.dim);
            linear(prefix + "ffn_gate", shape.hiddenDim, shape.dim);
            linear(prefix + "ffn_up", shape.hiddenDim, shape.dim);
            linear(prefix + "ffn_down", shape.dim, shape.hiddenDim);
            norm(prefix + "attn_norm");
            norm(prefix + "ffn_norm");
        }
    }

    GgufContents contents;
    std::vector<Values> values;  ///< of contents.tensors, by index

private:
    void add(const std::string& name, DType type, std::vector<std::int64_t> extents, Values of) {
        contents.tensors.push_back({name, type, std::move(extents)});
        values.push_back(of);
    }
    void norm(const std::string& name) {
        add(name + ".weight", DType::f32, {shape_.dim}, {RandomKind::onesF32});
    }
    void linear(const std::string& name, std::int64_t rows, std::int64_t cols) {
        matrix(name, rows, cols, blocks_ ? DType::q4_0 : DType::bf16);
    }
    void matrix(const std::string& name, std::int64_t rows, std::int64_t cols, DType type) {
        const float deviation =
            1.0F / std::sqrt(static_cast<float>(cols));  // keeps activations at the size of one
        // Deviations of the whole numbers that the blocks hold.
        const Values of = type == DType::q8_0   ? Values{RandomKind::q8Blocks, deviation / 73.6F}
                          : type == DType::q4_0 ? Values{RandomKind::q4Blocks, deviation / 4.6F}
                                                : Values{RandomKind::normalBf16, deviation};
        add(name + ".weight", type, {rows, cols}, of);
    }

    const ModelShape& shape_;
    bool blocks_;
};

std::vector<GgufEntry> entriesOf(const ModelShape& shape, RandomVariant variant) {
    constexpr std::uint32_t kMostlyQ4 = 2;  // general.file_type, as llama.cpp numbers them
    constexpr std::uint32_t kMostlyBf16 = 32;
    const bool blocks = variant == RandomVariant::q4_0;
    const auto number = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
    const auto headDim = number(shape.dim / shape.nHeads);
    std::vector<GgufEntry> entries = {{"general.architecture", std::string("llama")},
                                      {"general.name", "random " + shape.name + (blocks ? " Q4_0" : " BF16")},
                                      {"general.file_type", blocks ? kMostlyQ4 : kMostlyBf16},
                                      {"general.quantization_version", std::uint32_t{2}},
                                      {"llama.vocab_size", number(shape.vocabSize)},
                                      {"llama.context_length", kContextLength},
                                      {"llama.embedding_length", number(shape.dim)},
                                      {"llama.block_count", number(shape.nLayers)},
                                      {"llama.feed_forward_length", number(shape.hiddenDim)},
                                      {"llama.attention.head_count", number(shape.nHeads)},
                                      {"llama.attention.head_count_kv", number(shape.nKvHeads)},
                                      {"llama.attention.key_length", headDim},
                                      {"llama.attention.value_length", headDim},
                                      {"llama.attention.layer_norm_rms_epsilon", 1e-5F},
                                      {"llama.rope.dimension_count", headDim},
                                      {"llama.rope.freq_base", static_cast<float>(kRopeTheta)}};
    for (auto& entry : randomGgufTokenizer(shape.vocabSize))
        entries.push_back(std::move(entry));
    return entries;
}

/// What Llama 3's scaling divides each pair's frequency by.
std::vector<float> divisorsOf(const ModelShape& shape) {
    RopeConfig rope;
    rope.theta = kRopeTheta;
    rope.scaling = RopeScaling{.factor = shape.ropeFactor};
    return ropeDivisors(rope, shape.dim / shape.nHeads);
}

}  // namespace

Result<RandomModelReport> makeRandomGguf(const ModelShape& shape, const RandomModelRequest& request,
                                         std::stop_token stop) {
    Plan plan(shape, request.variant);
    plan.contents.entries = entriesOf(shape, request.variant);
    RandomModelReport report{request.out};
    std::map<std::pair<RandomKind, float>, RandomPool> pools;
    for (std::size_t i = 0; i < plan.values.size(); ++i) {
        const auto [kind, size] = plan.values[i];
        pools.try_emplace({kind, size}, kind, size, request.seed + pools.size());
        const auto& tensor = plan.contents.tensors[i];
        report.bytes += tensor.bytes();
        std::int64_t elements = tensor.name == kRopeDivisors ? 0 : 1;
        for (const auto extent : tensor.shape)
            elements *= extent;
        report.parameters += elements;
    }
    if (auto room = checkRoom(request.out, report.bytes); !room)
        return room.error();
    const auto divisors = divisorsOf(shape);
    const auto fill = [&](std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
        if (plan.contents.tensors[index].name == kRopeDivisors) {
            std::memcpy(bytes.data(), std::as_bytes(std::span(divisors)).data() + offset, bytes.size());
            return;
        }
        const auto [kind, size] = plan.values[index];
        pools.at({kind, size}).fill(index, offset, bytes);
    };
    if (auto written = writeGguf(request.out, plan.contents, fill, std::move(stop)); !written)
        return written.error();
    return report;
}

}  // namespace engine
