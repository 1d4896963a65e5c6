#include "engine/quantize/gguf_variant.h"

#include <algorithm>
#include <cstring>

#include "engine/checkpoint/gguf_writer.h"
#include "engine/checkpoint/json_file.h"
#include "engine/model/rope_table.h"
#include "engine/tokenizer/gguf_vocabulary.h"

namespace engine {
namespace {

constexpr std::int64_t kBlock = 32;
constexpr const char* kRopeDivisors = "rope_freqs.weight";
constexpr const char* kChatTemplate = "tokenizer.chat_template";

/// llama.cpp's name of a tensor that has Meta's.
std::string ggufName(const std::string& name) {
    static const std::map<std::string, std::string> parts = {
        {"attention.wq", "attn_q"},      {"attention.wk", "attn_k"},      {"attention.wv", "attn_v"},
        {"attention.wo", "attn_output"}, {"feed_forward.w1", "ffn_gate"}, {"feed_forward.w2", "ffn_down"},
        {"feed_forward.w3", "ffn_up"},   {"attention_norm", "attn_norm"}, {"ffn_norm", "ffn_norm"}};
    const auto last = name.rfind('.');
    const auto prefix = name.substr(0, last);
    const auto suffix = name.substr(last);
    if (prefix == "tok_embeddings")
        return "token_embd" + suffix;
    if (prefix == "norm")
        return "output_norm" + suffix;
    if (!prefix.starts_with("layers."))
        return name;
    const auto dot = prefix.find('.', 7);
    return "blk." + prefix.substr(7, dot - 7) + "." + parts.at(prefix.substr(dot + 1)) + suffix;
}

std::optional<DType> blocksOf(const WeightScheme& scheme) {
    if (scheme == WeightScheme::groupwise(4, kBlock))
        return DType::q4_0;
    return scheme == WeightScheme::groupwise(8, kBlock) ? std::optional(DType::q8_0) : std::nullopt;
}

/// general.file_type, as llama.cpp numbers what most tensors are.
std::uint32_t fileType(const VariantFacts& facts, const GgufContents& contents) {
    const auto count = [&](DType type) {
        return std::count_if(contents.tensors.begin(), contents.tensors.end(),
                             [type](const auto& tensor) { return tensor.type == type; });
    };
    const auto quantized = static_cast<std::ptrdiff_t>(facts.schemes.size());
    if (2 * count(DType::q4_0) >= quantized && quantized > 0)
        return 2;
    if (quantized > 0)
        return 7;
    return count(DType::f16) > 0 ? 1 : count(DType::bf16) > 0 ? 32 : 0;
}

std::vector<GgufEntry> shapeEntries(const ModelConfig& c) {
    const auto number = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
    const auto key = [&](const char* suffix) { return c.architecture + "." + suffix; };
    return {{key("vocab_size"), number(c.vocabSize)},
            {key("context_length"), number(c.contextLength)},
            {key("embedding_length"), number(c.dim)},
            {key("block_count"), number(c.nLayers)},
            {key("feed_forward_length"), number(c.hiddenDim)},
            {key("attention.head_count"), number(c.nHeads)},
            {key("attention.head_count_kv"), number(c.nKvHeads)},
            {key("attention.key_length"), number(c.headDim)},
            {key("attention.value_length"), number(c.headDim)},
            {key("attention.layer_norm_rms_epsilon"), c.normEps},
            {key("rope.dimension_count"), number(c.headDim)},
            {key("rope.freq_base"), static_cast<float>(c.rope.theta)}};
}

/// The chat template that belongs to the source, for other programs: this one never runs it.
std::optional<std::string> chatTemplate(const Checkpoint& source) {
    if (auto text = source.metadata.text(kChatTemplate))
        return text;
    if (source.tokenizerFile.empty())
        return std::nullopt;
    const auto json = readJsonFile(source.tokenizerFile.parent_path() / "tokenizer_config.json", 1 << 20);
    return json ? textAt(*json, "chat_template") : std::nullopt;
}

Result<void> addVocabulary(const Checkpoint& source, GgufContents& contents) {
    auto vocabulary = readVocabulary(source);
    if (!vocabulary)
        return vocabulary.error().in("a GGUF file holds its tokenizer");
    auto entries = ggufEntries(*vocabulary, source.config.vocabSize, source.config.stopTokens);
    if (!entries)
        return entries.error();
    std::move(entries->begin(), entries->end(), std::back_inserter(contents.entries));
    if (auto text = chatTemplate(source); text && isUtf8(*text))
        contents.entries.push_back({kChatTemplate, std::move(*text)});
    return {};
}

/// Adds every tensor of the parts; `bytes` says where each lies.
void addTensors(const VariantFacts& facts, const std::vector<Part>& parts, GgufContents& contents,
                std::vector<const std::byte*>& bytes) {
    for (const auto& part : parts)
        for (const auto& name : part.order) {
            const auto& tensor = part.tensors.at(name);
            GgufTensor made{ggufName(name), tensor.type, tensor.shape};
            const auto scheme = facts.schemes.find(name.substr(0, name.rfind('.')));
            if (name.ends_with(".weight") && scheme != facts.schemes.end()) {
                made.type = *blocksOf(scheme->second);
                made.shape[1] = tensor.shape[1] / (made.type == DType::q8_0 ? 34 : 18) * kBlock;
            }
            contents.tensors.push_back(std::move(made));
            bytes.push_back(tensor.data);
        }
}

}  // namespace

Result<void> checkGguf(const ModelConfig& config, const VariantFacts& facts) {
    if (config.architecture != "llama" && config.architecture != "qwen2")
        return Error{
            ErrorCode::unsupported,
            "GGUF files are written of the architectures llama and qwen2, not of " + config.architecture};
    if (config.architecture == "qwen2" && config.rope.scaling)
        return Error{ErrorCode::unsupported,
                     "llama.cpp has no scaled RoPE for qwen2 as this model has it; take another format"};
    const auto columns = [&](const std::string& name) {
        if (name.ends_with(".w2"))
            return config.hiddenDim;
        return name.ends_with(".wo") ? config.nHeads * config.headDim : config.dim;
    };
    for (const auto& [name, scheme] : facts.schemes) {
        if (!blocksOf(scheme))
            return Error{ErrorCode::unsupported,
                         "GGUF has no exact place for " + scheme.name() + " (" + name +
                             "); int4_g32 (Q4_0), int8_g32 (Q8_0) and 16 bit are written"};
        if (columns(name) % kBlock != 0)
            return Error{
                ErrorCode::unsupported,
                name + " has rows of " + std::to_string(columns(name)) +
                    " numbers, which GGUF's blocks of 32 cannot hold; use a recipe that leaves it f16"};
    }
    return {};
}

Result<void> writeGgufVariant(const std::filesystem::path& out, const Checkpoint& source,
                              const VariantFacts& facts, const std::vector<Part>& parts,
                              std::stop_token stop) {
    const auto& config = source.config;
    GgufContents contents;
    std::vector<const std::byte*> bytes;
    addTensors(facts, parts, contents, bytes);
    const auto divisors = ropeDivisors(config.rope, config.headDim);
    if (!divisors.empty()) {
        contents.tensors.push_back({kRopeDivisors, DType::f32, {static_cast<std::int64_t>(divisors.size())}});
        bytes.push_back(reinterpret_cast<const std::byte*>(divisors.data()));
    }
    contents.entries = {{"general.architecture", config.architecture},
                        {"general.type", std::string("model")},
                        {"general.name", config.name + " " + facts.name},
                        {"general.quantization_version", std::uint32_t{2}},
                        {"general.file_type", fileType(facts, contents)}};
    auto shape = shapeEntries(config);
    std::move(shape.begin(), shape.end(), std::back_inserter(contents.entries));
    if (auto ok = addVocabulary(source, contents); !ok)
        return ok;
    const auto fill = [&](std::size_t index, std::size_t offset, std::span<std::byte> to) {
        std::memcpy(to.data(), bytes[index] + offset, to.size());
    };
    return writeGguf(out / kGgufVariantFile, contents, fill, std::move(stop));
}

}  // namespace engine
