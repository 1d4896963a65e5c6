#include "engine/train/model_writer.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/json_file.h"
#include "engine/checkpoint/pth_writer.h"
#include "engine/checkpoint/safetensors_writer.h"
#include "engine/model/vision_names.h"
#include "engine/train/written_tensors.h"

namespace engine::train {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxJson = std::size_t{1} << 20;

/// How the rows of q and k lie in what is written.
enum class RowOrder { asSource, adjacent, halves };

/// Row r of a q or k matrix in the order `to` is this row of one in the other order.
std::int64_t sourceRow(std::int64_t r, std::int64_t headDim, RowOrder to) {
    const auto head = r / headDim * headDim;
    const auto i = r % headDim;
    if (to == RowOrder::adjacent)
        return head + (i % 2 == 0 ? i / 2 : headDim / 2 + i / 2);
    return head + (i < headDim / 2 ? 2 * i : 2 * (i - headDim / 2) + 1);
}

template <class T>
std::vector<T> reordered(const std::vector<T>& rows, std::int64_t count, std::int64_t headDim, RowOrder to) {
    std::vector<T> result(rows.size());
    const auto width = static_cast<std::int64_t>(rows.size()) / count;
    for (std::int64_t r = 0; r < count; ++r)
        std::copy_n(rows.begin() + sourceRow(r, headDim, to) * width, width, result.begin() + r * width);
    return result;
}

/// Numbers of a model's tensors in the order of rows that is wanted.
class Source {
public:
    Source(const TrainableModel& model, RowOrder order) : model_(model) {
        const bool adjacent = model.config().rope.pairs == RopePairs::adjacent;
        const bool same = order == RowOrder::asSource || adjacent == (order == RowOrder::adjacent);
        order_ = same ? RowOrder::asSource : order;
    }

    const ModelConfig& config() const { return model_.config(); }

    /// Numbers of `tensor`, which has `rows` rows; of q and k in order. B of an adapter has the rows too.
    std::vector<float> floats(const std::string& tensor, std::int64_t rows) const {
        return inOrder(tensor, valuesComputedWith(tensor), rows);
    }
    /// Numbers of a tensor that has no order of rows.
    std::vector<float> plain(const std::string& tensor) const { return model_.valuesOf(tensor); }
    QuantizedWeight integers(const std::string& tensor, const WeightScheme& scheme) const {
        auto weight = model_.integersOf(tensor, scheme);
        weight.values = inOrder(tensor, weight.values, weight.rows);
        weight.scales = inOrder(tensor, weight.scales, weight.rows);
        return weight;
    }
    std::vector<float> merged(const std::string& linear, std::int64_t rows, std::int64_t cols) const {
        auto values = valuesComputedWith(linear + ".weight");
        const auto rank = model_.options().loraRank;
        if (rank > 0) {
            const auto a = model_.valuesOf(linear + ".adaptor.A.weight");
            auto b = model_.valuesOf(linear + ".adaptor.B.weight");
            for (float& value : b)
                value *= model_.options().loraScale;
            MatrixProduct<float>{rows, cols, rank, b.data(), rank, a.data(), cols}.writeTo(values.data(),
                                                                                           cols, true);
        }
        return inOrder(linear + ".weight", values, rows);
    }
    bool has(const std::string& tensor) const {
        return model_.find(tensor) != nullptr || model_.checkpoint().find(tensor) != nullptr;
    }

private:
    /// Of QLoRA the rounded weights: those are what the adapters were trained on.
    std::vector<float> valuesComputedWith(const std::string& tensor) const {
        if (!model_.options().quantizedBase || model_.find(tensor) != nullptr ||
            tensor.find("layers.") != 0 || tensor.find("norm") != std::string::npos ||
            !tensor.ends_with(".weight"))
            return model_.valuesOf(tensor);
        const auto weight = model_.integersOf(tensor, {4, config().groupSize});
        std::vector<float> values(weight.values.size());
        weight.dequantize(0, weight.rows, values.data());
        return values;
    }
    template <class T>
    std::vector<T> inOrder(const std::string& tensor, std::vector<T> values, std::int64_t rows) const {
        const bool rotated = tensor.find("attention.wq.") != std::string::npos ||
                             tensor.find("attention.wk.") != std::string::npos;
        if (!rotated || order_ == RowOrder::asSource || tensor.ends_with("adaptor.A.weight"))
            return values;
        return reordered(values, rows, config().headDim, order_);
    }

    const TrainableModel& model_;
    RowOrder order_ = RowOrder::asSource;
};

template <class Use>
void forLinears(const TrainableModel& model, const Use& use) {
    for (std::int64_t layer = 0; layer < model.config().nLayers; ++layer)
        for (std::size_t i = 0; i < kBlockLinears; ++i) {
            const auto [rows, cols] = linearShape(model.shape(), static_cast<BlockLinear>(i));
            use("layers." + std::to_string(layer) + "." + std::string(name(static_cast<BlockLinear>(i))),
                rows, cols);
        }
}

void addNorms(const TrainableModel& model, const Source& source, WrittenTensors& out) {
    const auto dim = model.config().dim;
    std::vector<std::string> names{"norm.weight"};
    for (std::int64_t layer = 0; layer < model.config().nLayers; ++layer)
        for (const char* norm : {".attention_norm.weight", ".ffn_norm.weight"})
            names.push_back("layers." + std::to_string(layer) + norm);
    for (const auto& norm : names)
        out.addBf16(norm, {dim}, [=, &source] { return source.floats(norm, 1); });
}

void addAdapters(const TrainableModel& model, const Source& source, WrittenTensors& out) {
    const auto rank = model.options().loraRank;
    if (rank == 0)
        return;
    forLinears(model, [&](const std::string& linear, std::int64_t rows, std::int64_t cols) {
        const auto a = linear + ".adaptor.A.weight";
        const auto b = linear + ".adaptor.B.weight";
        out.addBf16(a, {rank, cols}, [=, &source] { return source.floats(a, rank); });
        out.addBf16(b, {rows, rank}, [=, &source] { return source.floats(b, rows); });
    });
}

void addIntegers(const Source& source, const std::string& prefix, std::int64_t rows, std::int64_t cols,
                 const WeightScheme& scheme, WrittenTensors& out) {
    const auto groups = scheme.groupSize > 0 ? (cols + scheme.groupSize - 1) / scheme.groupSize : 1;
    out.add({prefix + ".weight", DType::i8, {rows, cols}, {}},
            [=, &source] { return bytesOf(source.integers(prefix + ".weight", scheme).values); });
    out.add({prefix + ".scales", DType::f32, {rows, groups}, {}},
            [=, &source] { return bytesOf(source.integers(prefix + ".weight", scheme).scales); });
}

/// The family's scheme; the output has a table of its own there.
void addFamily(const TrainableModel& model, const Source& source, WrittenTensors& out) {
    const auto& c = model.config();
    constexpr WeightScheme kTable{8, 0};
    addIntegers(source, "tok_embeddings", c.vocabSize, c.dim, kTable, out);
    out.add({"output.weight", DType::i8, {c.vocabSize, c.dim}, {}}, [&source, &c] {
        return bytesOf(
            source.integers(c.tiedEmbeddings ? "tok_embeddings.weight" : "output.weight", {8, 0}).values);
    });
    out.add({"output.scales", DType::f32, {c.vocabSize, 1}, {}}, [&source, &c] {
        return bytesOf(
            source.integers(c.tiedEmbeddings ? "tok_embeddings.weight" : "output.weight", {8, 0}).scales);
    });
    forLinears(model, [&](const std::string& linear, std::int64_t rows, std::int64_t cols) {
        addIntegers(source, linear, rows, cols, {4, c.groupSize}, out);
    });
}

void addPlain(const TrainableModel& model, const Source& source, WrittenTensors& out) {
    const auto& c = model.config();
    out.addBf16("tok_embeddings.weight", {c.vocabSize, c.dim},
                [&source, rows = c.vocabSize] { return source.floats("tok_embeddings.weight", rows); });
    if (c.tiedEmbeddings)
        out.add({"output.weight", DType::bf16, {c.vocabSize, c.dim}, 0}, {});
    else
        out.addBf16("output.weight", {c.vocabSize, c.dim},
                    [&source, rows = c.vocabSize] { return source.floats("output.weight", rows); });
    forLinears(model, [&](const std::string& linear, std::int64_t rows, std::int64_t cols) {
        out.addBf16(linear + ".weight", {rows, cols},
                    [=, &source] { return source.floats(linear + ".weight", rows); });
    });
}

/// The image encoder and the cross-attention blocks, always in BF16; the text model goes under the prefix
/// that it has in vision checkpoints.
void addVision(const TrainableModel& model, const Source& source, WrittenTensors& out) {
    if (!model.config().vision)
        return;
    for (const auto& [name, tensor] : model.checkpoint().tensors)
        if (isVisionTensor(name))
            out.addBf16(name, tensor.shape, [name = name, &source] { return source.plain(name); });
    out.rename([](const std::string& name) {
        return name.starts_with("vision_model.") ? name : "text_model." + name;
    });
}

Result<void> writeText(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
        return Error{ErrorCode::io,
                     path.string() + " cannot be written; is there room, and may you write there?"};
    return {};
}

/// params.json of the source, or one that says the same.
Json paramsOf(const TrainableModel& model) {
    const auto& c = model.config();
    const auto& checkpoint = model.checkpoint();
    std::error_code ignored;
    const auto folder =
        fs::is_directory(checkpoint.path, ignored) ? checkpoint.path : checkpoint.path.parent_path();
    if (checkpoint.format == "meta")
        if (auto read = readJsonFile(folder / "params.json", kMaxJson))
            return *read;
    Json params{{"dim", c.dim},
                {"n_layers", c.nLayers},
                {"n_heads", c.nHeads},
                {"n_kv_heads", c.nKvHeads},
                {"vocab_size", c.vocabSize},
                {"multiple_of", 1},
                {"ffn_dim_multiplier", static_cast<double>(c.hiddenDim) / static_cast<double>(8 * c.dim / 3)},
                {"norm_eps", c.normEps},
                {"rope_theta", c.rope.theta},
                {"use_scaled_rope", c.rope.scaling.has_value()},
                {"max_seq_len", c.contextLength}};
    if (c.rope.scaling)
        params["rope_scale_factor"] = c.rope.scaling->factor;
    return params;
}

/// Copies files that a checkpoint needs beside its weights.
Result<void> copyBeside(const TrainableModel& model, const fs::path& folder,
                        std::initializer_list<const char*> more) {
    std::vector<fs::path> files;
    std::error_code failure;
    if (!model.checkpoint().tokenizerFile.empty())
        files.push_back(model.checkpoint().tokenizerFile);
    const auto& path = model.checkpoint().path;
    const auto source = fs::is_directory(path, failure) ? path : path.parent_path();
    for (const char* file : more)
        if (fs::exists(source / file, failure))
            files.push_back(source / file);
    for (const auto& file : files) {
        fs::copy_file(file, folder / file.filename(), fs::copy_options::overwrite_existing, failure);
        if (failure)
            return Error{ErrorCode::io,
                         (folder / file.filename()).string() + " cannot be written: " + failure.message()};
    }
    return {};
}

Result<WrittenModel> writeMeta(const TrainableModel& model, const fs::path& folder) {
    const auto& options = model.options();
    const Source source(model, RowOrder::adjacent);
    WrittenTensors tensors;
    options.family ? addFamily(model, source, tensors) : addPlain(model, source, tensors);
    addNorms(model, source, tensors);
    addAdapters(model, source, tensors);
    addVision(model, source, tensors);
    auto params = paramsOf(model);
    params.erase("quantization_args");
    params.erase("lora_args");
    if (options.family)
        params["quantization_args"] = {{"scheme", "int4_weight_int8_dynamic_activation"},
                                       {"group_size", model.config().groupSize}};
    if (options.loraRank > 0)
        params["lora_args"] = {{"rank", options.loraRank}, {"scale", options.loraScale}};
    if (auto ok = writePth(folder / "consolidated.00.pth", tensors.tensors(), tensors.fill()); !ok)
        return ok.error();
    if (auto ok = writeText(folder / "params.json", params.dump(1) + "\n"); !ok)
        return ok.error();
    if (auto ok = copyBeside(model, folder, {}); !ok)
        return ok.error();
    const std::string variant = options.family ? (options.loraRank > 0 ? "QAT+LoRA" : "INT4")
                                               : (options.loraRank > 0 ? "BF16+LoRA" : "BF16");
    return WrittenModel{folder, variant, tensors.bytes()};
}

/// Hugging Face's name of a tensor of Meta's.
std::string huggingFaceName(std::string tensor) {
    static const std::pair<std::string_view, std::string_view> parts[] = {
        {"attention.wq", "self_attn.q_proj"},     {"attention.wk", "self_attn.k_proj"},
        {"attention.wv", "self_attn.v_proj"},     {"attention.wo", "self_attn.o_proj"},
        {"feed_forward.w1", "mlp.gate_proj"},     {"feed_forward.w2", "mlp.down_proj"},
        {"feed_forward.w3", "mlp.up_proj"},       {"attention_norm", "input_layernorm"},
        {"ffn_norm", "post_attention_layernorm"}, {"tok_embeddings", "embed_tokens"}};
    if (tensor == "output.weight")
        return "lm_head.weight";
    for (const auto& [from, to] : parts)
        if (const auto at = tensor.find(from); at != std::string::npos) {
            tensor.replace(at, from.size(), to);
            break;
        }
    return "model." + tensor;
}

Result<WrittenModel> writeHuggingFace(const TrainableModel& model, const fs::path& folder) {
    const auto& c = model.config();
    const Source source(model, RowOrder::asSource);
    WrittenTensors tensors;
    const auto add = [&](const std::string& tensor, std::vector<std::int64_t> shape, auto make) {
        tensors.addBf16(huggingFaceName(tensor), std::move(shape), std::move(make));
    };
    for (const char* table : {"tok_embeddings.weight", "output.weight"})
        if (std::string_view(table).starts_with("tok") || !c.tiedEmbeddings)
            add(table, {c.vocabSize, c.dim},
                [=, &source, rows = c.vocabSize] { return source.floats(table, rows); });
    forLinears(model, [&](const std::string& linear, std::int64_t rows, std::int64_t cols) {
        add(linear + ".weight", {rows, cols}, [=, &source] { return source.merged(linear, rows, cols); });
        if (source.has(linear + ".bias"))
            add(linear + ".bias", {rows}, [=, &source] { return source.floats(linear + ".bias", rows); });
    });
    WrittenTensors norms;
    addNorms(model, source, norms);
    for (const auto& norm : norms.tensors())
        add(norm.name, norm.shape, [norm = norm.name, &source] { return source.floats(norm, 1); });
    if (auto ok = writeSafetensors(folder / "model.safetensors", tensors.tensors(), {{"format", "pt"}},
                                   tensors.fill());
        !ok)
        return ok.error();
    if (auto ok =
            copyBeside(model, folder, {"config.json", "generation_config.json", "tokenizer_config.json"});
        !ok)
        return ok.error();
    return WrittenModel{folder, "BF16", tensors.bytes()};
}

/// adapter_config.json and adapter_model.safetensors as PEFT 0.10 and later read them; q and k rows in
/// Hugging Face's order.
Result<void> writePeft(const TrainableModel& model, const fs::path& folder) {
    const auto rank = model.options().loraRank;
    const Source source(model, RowOrder::halves);
    WrittenTensors tensors;
    forLinears(model, [&](const std::string& linear, std::int64_t rows, std::int64_t cols) {
        const auto prefix = "base_model.model." + huggingFaceName(linear);
        const auto a = linear + ".adaptor.A.weight";
        const auto b = linear + ".adaptor.B.weight";
        tensors.addBf16(prefix + ".lora_A.weight", {rank, cols},
                        [=, &source] { return source.floats(a, rank); });
        tensors.addBf16(prefix + ".lora_B.weight", {rows, rank},
                        [=, &source] { return source.floats(b, rows); });
    });
    const Json config{
        {"peft_type", "LORA"},
        {"task_type", "CAUSAL_LM"},
        {"base_model_name_or_path", model.config().name},
        {"r", rank},
        {"lora_alpha", model.options().loraScale * static_cast<float>(rank)},
        {"lora_dropout", 0.0},
        {"bias", "none"},
        {"target_modules", {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}}};
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        return Error{ErrorCode::io, folder.string() + " cannot be made: " + failure.message()};
    if (auto ok = writeText(folder / "adapter_config.json", config.dump(1) + "\n"); !ok)
        return ok;
    return writeSafetensors(folder / "adapter_model.safetensors", tensors.tensors(), {{"format", "pt"}},
                            tensors.fill());
}

}  // namespace

Result<WrittenModel> writeModel(const TrainableModel& model, const fs::path& folder) {
    const auto& checkpoint = model.checkpoint();
    if (checkpoint.format == "gguf")
        return Error{ErrorCode::unsupported,
                     checkpoint.path.string() +
                         " is a GGUF file; fine-tune the same model in Meta's or Hugging "
                         "Face's layout"};
    if (model.config().vision && checkpoint.format != "meta")
        return Error{ErrorCode::unsupported,
                     checkpoint.path.string() +
                         " is a vision model in Hugging Face's layout, which is not written; train the same "
                         "model in Meta's layout"};
    if (model.options().family && model.config().attentionBias)
        return Error{ErrorCode::unsupported, "the family's int4 layout has no biases, and this model (" +
                                                 model.config().architecture +
                                                 ") has them; use full or lora"};
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        return Error{ErrorCode::io, folder.string() + " cannot be made: " + failure.message()};
    if (model.options().loraRank > 0)
        if (auto ok = writePeft(model, folder / "adapter"); !ok)
            return ok.error();
    return model.options().family || checkpoint.format == "meta" ? writeMeta(model, folder)
                                                                 : writeHuggingFace(model, folder);
}

}  // namespace engine::train
