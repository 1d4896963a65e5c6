#include "engine/demo/demo_build.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/checkpoint/pth_writer.h"
#include "engine/demo/demo_corpus.h"
#include "engine/demo/sight_build.h"
#include "engine/profile/field_reader.h"
#include "engine/tokenizer/bpe_trainer.h"
#include "engine/tokenizer/bpe_vocabulary.h"

namespace engine::demo {
namespace {

namespace fs = std::filesystem;

struct DemoShape {
    std::int64_t dim = 0, layers = 0, heads = 0, kvHeads = 0, ffn = 0, pieces = 0, context = 0, talks = 0,
                 letters = 0;
    std::int64_t seed = 0;
    std::int64_t vocab() const { return pieces + kLlamaSpecials; }
};

Result<DemoShape> readShape(const fs::path& file) {
    auto document = readYaml(file);
    if (!document)
        return document.error();
    DemoShape shape;
    FieldReader fields(*document, file.string(), FieldReader::Places::columns);
    const std::pair<const char*, std::int64_t*> numbers[] = {
        {"dim", &shape.dim},          {"layers", &shape.layers}, {"heads", &shape.heads},
        {"kv_heads", &shape.kvHeads}, {"ffn", &shape.ffn},       {"pieces", &shape.pieces},
        {"context", &shape.context},  {"talks", &shape.talks},   {"letters", &shape.letters}};
    for (const auto& [key, target] : numbers) {
        fields.require(key);
        fields.integer(key, 1, 100'000'000, *target);
    }
    fields.integer("seed", 0, std::numeric_limits<std::int64_t>::max(), shape.seed);
    if (auto ok = fields.finish(); !ok)
        return ok.error();
    return shape;
}

Result<void> writeText(const fs::path& path, const std::string& text) {
    const auto unfinished = fs::path(path).concat(".part");
    std::ofstream file(unfinished, std::ios::binary);
    file << text;
    file.close();
    std::error_code failure;
    if (file)
        fs::rename(unfinished, path, failure);
    if (!file || failure)
        return Error{ErrorCode::io,
                     path.string() + " cannot be written; is there room, and may you write there?"};
    return {};
}

Result<void> writeCorpus(const fs::path& path, const PhraseGrammar& grammar, const DemoShape& shape) {
    std::string text;
    for (std::int64_t i = 0; i < shape.talks; ++i)
        text += jsonLine(makeTalk(grammar, static_cast<std::uint64_t>(shape.seed), i,
                                  static_cast<std::size_t>(shape.letters))) +
                "\n";
    return writeText(path, text);
}

/// What the vocabulary is learned from: the first talks are as good as all.
Result<void> writeTokenizer(const fs::path& path, const PhraseGrammar& grammar, const DemoShape& shape) {
    constexpr std::int64_t kTalks = 5000;
    std::string text;
    for (std::int64_t i = 0; i < std::min(kTalks, shape.talks); ++i)
        for (const auto& message : makeTalk(grammar, static_cast<std::uint64_t>(shape.seed), i,
                                            static_cast<std::size_t>(shape.letters))
                                       .messages)
            text += message.content + "\n";
    auto pieces = trainBpe({text}, shape.pieces);
    if (!pieces)
        return pieces.error();
    if (static_cast<std::int64_t>(pieces->size()) != shape.pieces)
        return Error{ErrorCode::invalidInput, "the corpus gives " + std::to_string(pieces->size()) +
                                                  " pieces; lower `pieces` in shape.yaml, or raise `talks`"};
    return writeText(path, tiktokenText(*pieces));
}

std::vector<NamedTensor> tensorsOf(const DemoShape& s) {
    const auto kv = s.dim / s.heads * s.kvHeads;
    std::vector<NamedTensor> tensors{{"tok_embeddings.weight", DType::f32, {s.vocab(), s.dim}, {}},
                                     {"output.weight", DType::f32, {s.vocab(), s.dim}, 0}};
    const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
        tensors.push_back({name + ".weight", DType::f32, std::move(shape), {}});
    };
    add("norm", {s.dim});
    for (std::int64_t layer = 0; layer < s.layers; ++layer) {
        const auto prefix = "layers." + std::to_string(layer) + ".";
        add(prefix + "attention.wq", {s.dim, s.dim});
        add(prefix + "attention.wk", {kv, s.dim});
        add(prefix + "attention.wv", {kv, s.dim});
        add(prefix + "attention.wo", {s.dim, s.dim});
        add(prefix + "feed_forward.w1", {s.ffn, s.dim});
        add(prefix + "feed_forward.w2", {s.dim, s.ffn});
        add(prefix + "feed_forward.w3", {s.ffn, s.dim});
        add(prefix + "attention_norm", {s.dim});
        add(prefix + "ffn_norm", {s.dim});
    }
    return tensors;
}

/// Normal with deviation 0.02, what writes to the residual stream less (GPT-2's rule); norms are 1.
std::vector<float> startValues(const NamedTensor& tensor, const DemoShape& shape, std::uint64_t seed) {
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()), 1.0F);
    if (tensor.shape.size() == 1)
        return values;
    const bool writes = tensor.name.ends_with("wo.weight") || tensor.name.ends_with("w2.weight");
    const double deviation = writes ? 0.02 / std::sqrt(2.0 * static_cast<double>(shape.layers)) : 0.02;
    Chance chance(seed);
    constexpr std::int64_t kParts = 1 << 30;
    const auto uniform = [&] { return (static_cast<double>(chance.number(0, kParts - 1)) + 0.5) / kParts; };
    for (float& value : values)
        value = static_cast<float>(deviation * std::sqrt(-2.0 * std::log(uniform())) *
                                   std::cos(6.283185307179586 * uniform()));
    return values;
}

Result<void> writeStart(const fs::path& folder, const PhraseGrammar& grammar, const DemoShape& s) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        return Error{ErrorCode::io, folder.string() + " cannot be made: " + failure.message()};
    if (auto ok = writeTokenizer(folder / "tokenizer.model", grammar, s); !ok)
        return ok;
    const nlohmann::json params{
        {"dim", s.dim},
        {"n_layers", s.layers},
        {"n_heads", s.heads},
        {"n_kv_heads", s.kvHeads},
        {"vocab_size", s.vocab()},
        {"multiple_of", 32},
        {"ffn_dim_multiplier", static_cast<double>(s.ffn) / static_cast<double>(8 * s.dim / 3)},
        {"norm_eps", 1e-5},
        {"rope_theta", 10000.0},
        {"use_scaled_rope", false},
        {"max_seq_len", s.context}};
    if (auto ok = writeText(folder / "params.json", params.dump(1) + "\n"); !ok)
        return ok;
    const auto tensors = tensorsOf(s);
    std::vector<float> values;
    const auto fill = [&](std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
        if (offset == 0)
            values = startValues(tensors[index], s, static_cast<std::uint64_t>(s.seed) + index);
        std::memcpy(bytes.data(), reinterpret_cast<const std::byte*>(values.data()) + offset, bytes.size());
    };
    return writePth(folder / "consolidated.00.pth", tensors, fill);
}

}  // namespace

Result<DemoBuildReport> buildDemo(const DemoBuildRequest& request,
                                  const std::function<void(const train::FinetuneProgress&)>& progress,
                                  std::stop_token stop) {
    auto shape = readShape(request.recipe / "shape.yaml");
    if (!shape)
        return shape.error();
    if (request.talks > 0)
        shape->talks = request.talks;
    auto grammar = PhraseGrammar::read(request.recipe / "grammar.txt");
    if (!grammar)
        return grammar.error();
    std::error_code failure;
    fs::create_directories(request.work, failure);
    const auto corpus = request.work / "corpus.jsonl";
    if (!fs::exists(corpus, failure))
        if (auto ok = writeCorpus(corpus, *grammar, *shape); !ok)
            return ok.error();
    const auto start = request.work / "start";
    if (!fs::exists(start / "consolidated.00.pth", failure))
        if (auto ok = writeStart(start, *grammar, *shape); !ok)
            return ok.error();

    DemoBuildReport report;
    const auto train = [&](const char* recipe, const fs::path& model,
                           const char* out) -> Result<train::FinetuneReport> {
        auto read = train::finetuneRecipe((request.recipe / recipe).string());
        if (!read)
            return read.error();
        for (auto& stage : read->stages)
            stage.steps = request.steps > 0 ? request.steps : stage.steps;
        train::FinetuneRequest asked;
        asked.model = model.string();
        asked.recipe = std::move(*read);
        asked.data = corpus;
        asked.out = request.work / out;
        asked.threads = request.threads;
        asked.longestRun = request.stopAfter;
        asked.paused = request.paused;
        return train::finetune(asked, progress, stop);
    };
    auto bf16 = train("train.yaml", start, "bf16");
    if (!bf16)
        return bf16.error();
    report.bf16 = std::move(*bf16);
    auto qatLora = train("qat-lora.yaml", request.work / "bf16", "qat-lora");
    if (!qatLora)
        return qatLora.error();
    report.qatLora = std::move(*qatLora);
    if (!fs::exists(request.recipe / "vision.yaml", failure))
        return report;
    auto sight = buildSight({request.recipe,
                             (request.work / "bf16").string(),
                             {(request.work / "qat-lora").string()},
                             request.work,
                             request.threads,
                             request.stopAfter,
                             request.steps,
                             request.paused},
                            progress, stop);
    if (!sight)
        return sight.error();
    report.sight = std::move(*sight);
    return report;
}

}  // namespace engine::demo
