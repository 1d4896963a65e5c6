#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>

#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/lora_adapter.h"
#include "engine/checkpoint/safetensors_reader.h"
#include "engine/checkpoint/safetensors_writer.h"
#include "engine/generate/local_model.h"
#include "engine/quantize/quantize.h"
#include "tests/support/fixtures.h"

namespace fs = std::filesystem;

/// PEFT adapters over models: the same logits as with weights that hold them, whatever layout and scheme the
/// model has; damaged and foreign ones give one line.
class TestLoraAdapter : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void adaptersEqualMergedWeights_data();
    void adaptersEqualMergedWeights();
    void adaptersGoIntoTheWeights();
    void quantizedModelsKeepTheirWeights();
    void badAdaptersGiveOneLine_data();
    void badAdaptersGiveOneLine();
    void rotatedModelsAreRefused();

private:
    fs::path at(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
    QTemporaryDir folder_;
};

namespace {

struct Matrix {
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::vector<float> values;
};
using Matrices = std::map<std::string, Matrix>;

void writeText(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

/// f32 tensors; vectors where rows is 0.
void writeTensors(const fs::path& file, const Matrices& matrices) {
    std::vector<engine::NamedTensor> named;
    std::vector<const Matrix*> sources;
    for (const auto& [name, matrix] : matrices) {
        const auto shape = matrix.rows == 0 ? std::vector<std::int64_t>{matrix.cols}
                                            : std::vector<std::int64_t>{matrix.rows, matrix.cols};
        named.push_back({name, engine::DType::f32, shape, {}});
        sources.push_back(&matrix);
    }
    const auto fill = [&](std::size_t index, std::size_t offset, std::span<std::byte> bytes) {
        std::memcpy(bytes.data(), reinterpret_cast<const std::byte*>(sources[index]->values.data()) + offset,
                    bytes.size());
    };
    const auto written = engine::writeSafetensors(file, named, {{"format", "pt"}}, fill);
    QVERIFY2(written, written ? "" : written.error().message.c_str());
}

fs::path model(const char* layout) {
    return testsupport::dataPath(std::string("golden/text-bf16/") + layout);
}

/// The Hugging Face fixture's own tensors in f32, under the names in its file.
Matrices tensorsOf(const fs::path& file) {
    const auto mapped = engine::MappedFile::open(file);
    const auto tensors = engine::readSafetensors(**mapped);
    Matrices matrices;
    for (const auto& [name, tensor] : *tensors)
        matrices[name] = {tensor.shape.size() == 2 ? tensor.shape[0] : 0, tensor.shape.back(),
                          engine::toFloats(tensor)};
    return matrices;
}

constexpr const char* kModules[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                    "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                    "mlp.down_proj"};

/// What an adapter of the case says, and how it is worked out: by the papers' formulas, written down here.
struct Case {
    std::string config;
    std::vector<std::string> modules;
    std::function<std::int64_t(const std::string&)> rank = [](const std::string&) { return 4; };
    std::function<double(const std::string&, std::int64_t)> scale = [](const std::string&, std::int64_t r) {
        return 6.0 / static_cast<double>(r);
    };
};

std::string config(const std::string& more, const std::string& targets) {
    return R"({"peft_type": "LORA", "r": 4, "lora_alpha": 6, "bias": "none", "target_modules": [)" + targets +
           "]" + more + "}";
}

Case caseNamed(const std::string& name) {
    const std::vector<std::string> all(std::begin(kModules), std::end(kModules));
    const std::string targets = R"("q_proj","k_proj","v_proj","o_proj","gate_proj","up_proj","down_proj")";
    if (name == "rslora")
        return {config(R"(, "use_rslora": true)", targets), all, [](auto&) { return 4; },
                [](auto&, std::int64_t) { return 6.0 / 2.0; }};
    if (name == "patterns")
        return {config(R"(, "rank_pattern": {"k_proj": 7}, "alpha_pattern": {"layers.1.mlp.up_proj": 3},
                       "fan_in_fan_out": true)",
                       targets),
                all, [](const std::string& module) { return module.ends_with("k_proj") ? 7 : 4; },
                [](const std::string& module, std::int64_t r) {
                    return (module.ends_with("layers.1.mlp.up_proj") ? 3.0 : 6.0) / static_cast<double>(r);
                }};
    if (name == "some modules")
        return {config("", R"("q_proj","v_proj")"), {"self_attn.q_proj", "self_attn.v_proj"}};
    return {config("", targets), all};
}

/// Writes a random adapter for the model; `merged` receives W + scale B A.
void makeAdapter(const fs::path& folder, const Case& made, Matrices& merged) {
    std::mt19937 random(7);
    std::normal_distribution<float> values(0.0F, 0.2F);
    Matrices adapter;
    for (auto& [name, weight] : merged) {
        const auto module = name.substr(0, name.rfind('.'));
        if (std::none_of(made.modules.begin(), made.modules.end(),
                         [&](const auto& end) { return module.ends_with(end); }))
            continue;
        const auto rank = made.rank(module);
        Matrix a{rank, weight.cols, std::vector<float>(static_cast<std::size_t>(rank * weight.cols))};
        Matrix b{weight.rows, rank, std::vector<float>(static_cast<std::size_t>(rank * weight.rows))};
        for (auto* matrix : {&a, &b})
            for (auto& value : matrix->values)
                value = values(random);
        for (std::int64_t r = 0; r < weight.rows; ++r)
            for (std::int64_t c = 0; c < weight.cols; ++c) {
                double sum = 0.0;
                for (std::int64_t i = 0; i < rank; ++i)
                    sum += double{b.values[static_cast<std::size_t>(r * rank + i)]} *
                           double{a.values[static_cast<std::size_t>(i * weight.cols + c)]};
                weight.values[static_cast<std::size_t>(r * weight.cols + c)] +=
                    static_cast<float>(made.scale(module, rank) * sum);
            }
        adapter["base_model.model." + module + ".lora_A.weight"] = std::move(a);
        adapter["base_model.model." + module + ".lora_B.weight"] = std::move(b);
    }
    fs::create_directories(folder);
    writeText(folder / "adapter_config.json", made.config);
    writeTensors(folder / "adapter_model.safetensors", adapter);
}

/// In exact arithmetic.
std::vector<float> logitsOf(const fs::path& path, const fs::path& adapter) {
    engine::LoadRequest request;
    request.model = path.string();
    request.adapter = adapter.string();
    request.kv = request.activations = "f32";
    request.threads = 1;
    auto loaded = engine::LocalModel::load(request);
    if (!loaded)
        qFatal("%s", loaded.error().message.c_str());
    std::vector<engine::TokenId> ids;
    for (const int id : {1, 5, 9, 2, 30, 7, 11})
        ids.push_back(engine::TokenId{id});
    std::vector<float> logits;
    const auto append = [&](std::int64_t, std::span<const float> row) {
        logits.insert(logits.end(), row.begin(), row.end());
    };
    if (const auto done = (*loaded)->session().forwardAll(ids, append); !done)
        qFatal("%s", done.error().message.c_str());
    return logits;
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = a.size() == b.size() ? 0.0 : INFINITY;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::abs(double{a[i]} - double{b[i]}));
    return largest;
}

}  // namespace

void TestLoraAdapter::initTestCase() {
    QVERIFY(folder_.isValid());
}

void TestLoraAdapter::adaptersEqualMergedWeights_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("layout");
    for (const char* name : {"plain", "rslora", "patterns", "some modules"})
        QTest::addRow("%s", name) << name << "hf";
    QTest::newRow("Meta's layout") << "plain"
                                   << "meta";  // rows of q and k in another order
}

void TestLoraAdapter::adaptersEqualMergedWeights() {
    QFETCH(QString, name);
    QFETCH(QString, layout);
    const auto adapter = at("adapter") / name.toStdString();
    const auto merged = at("merged") / name.toStdString();
    fs::create_directories(merged);
    for (const auto& entry : fs::directory_iterator(model("hf")))
        if (entry.path().extension() != ".safetensors")
            fs::copy(entry.path(), merged / entry.path().filename(), fs::copy_options::overwrite_existing);
    auto weights = tensorsOf(model("hf") / "model.safetensors");
    makeAdapter(adapter, caseNamed(name.toStdString()), weights);
    writeTensors(merged / "model.safetensors", weights);

    const auto expected = logitsOf(merged, {});
    const auto base = logitsOf(model(layout.toUtf8()), {});
    const auto adapted = logitsOf(model(layout.toUtf8()), adapter);
    const auto difference = largestDifference(adapted, expected);
    QVERIFY2(difference < 2e-4, qPrintable(QString::number(difference)));
    QVERIFY(largestDifference(base, expected) > 0.1);
}

void TestLoraAdapter::adaptersGoIntoTheWeights() {
    auto expected = tensorsOf(model("hf") / "model.safetensors");
    makeAdapter(at("to-merge"), caseNamed("patterns"), expected);
    engine::QuantizeRequest request;
    request.model = model("meta").string();  // q and k come in another order and leave in Hugging Face's
    request.adapter = at("to-merge").string();
    request.policy = "merged-bf16";
    request.out = at("one");
    request.threads = 1;
    request.evaluate = false;
    const auto made = engine::quantizeModel(request);
    QVERIFY2(made, made ? "" : made.error().message.c_str());
    const auto merged = tensorsOf(at("one") / "model.safetensors");
    for (const auto& [name, matrix] : expected) {
        if (name == "lm_head.weight")
            continue;  // tied
        QVERIFY2(merged.contains(name), name.c_str());
        const auto& values = merged.at(name).values;
        QCOMPARE(values.size(), matrix.values.size());
        for (std::size_t i = 0; i < values.size(); ++i)  // rounded to BF16
            QVERIFY2(std::abs(values[i] - matrix.values[i]) <= 0x1p-8F * std::abs(matrix.values[i]) + 1e-6F,
                     name.c_str());
    }
    QVERIFY(!(*engine::Checkpoint::open(at("one").string()))->config.lora);
}

void TestLoraAdapter::quantizedModelsKeepTheirWeights() {
    // The family's int4 with adapters of its own: the new ones come beside them.
    const auto base = engine::Checkpoint::open(testsupport::dataPath("golden/text-qlora-int4/meta").string());
    QVERIFY2(base, base ? "" : base.error().message.c_str());
    const auto& config = (*base)->config;
    Matrices weights;
    const auto* wq = (*base)->find("layers.0.attention.wq.weight");
    weights["model.layers.0.self_attn.q_proj.weight"] = {
        wq->shape[0], wq->shape[1], std::vector<float>(static_cast<std::size_t>(wq->elements()))};
    makeAdapter(at("over-int4"), caseNamed("some modules"), weights);
    const auto adapted = engine::withLoraAdapter(*base, at("over-int4"));
    QVERIFY2(adapted, adapted ? "" : adapted.error().message.c_str());
    QVERIFY((*adapted)->config.lora->rank == config.lora->rank + 4);
    QVERIFY(*(*adapted)->find("layers.0.attention.wq.weight") == *wq);

    // B A of both, once as stored and once worked out from the parts, for rows of the second head.
    const auto a = engine::toFloats(*(*adapted)->find("layers.0.attention.wq.adaptor.A.weight"));
    const auto b = engine::toFloats(*(*adapted)->find("layers.0.attention.wq.adaptor.B.weight"));
    const auto ownA = engine::toFloats(*(*base)->find("layers.0.attention.wq.adaptor.A.weight"));
    const auto ownB = engine::toFloats(*(*base)->find("layers.0.attention.wq.adaptor.B.weight"));
    const auto& added = weights.at("model.layers.0.self_attn.q_proj.weight");
    const auto rank = (*adapted)->config.lora->rank;
    const auto ownRank = config.lora->rank;
    for (std::int64_t pair = 0; pair < config.headDim / 2; ++pair)
        for (const std::int64_t half : {0, 1})
            for (std::int64_t c = 0; c < added.cols; ++c) {
                const auto row = config.headDim + 2 * pair + half;
                const auto rowInFile = config.headDim + half * config.headDim / 2 + pair;
                double sum = 0.0;
                for (std::int64_t i = 0; i < rank; ++i)
                    sum += double{b[static_cast<std::size_t>(row * rank + i)]} *
                           double{a[static_cast<std::size_t>(i * added.cols + c)]};
                double expected = double{added.values[static_cast<std::size_t>(rowInFile * added.cols + c)]};
                for (std::int64_t i = 0; i < ownRank; ++i)
                    expected += double{config.lora->scale} *
                                double{ownB[static_cast<std::size_t>(row * ownRank + i)]} *
                                double{ownA[static_cast<std::size_t>(i * added.cols + c)]};
                QVERIFY(std::abs(sum - expected) < 1e-5);
            }
    QVERIFY(largestDifference(
                logitsOf(testsupport::dataPath("golden/text-qlora-int4/meta"), {}),
                logitsOf(testsupport::dataPath("golden/text-qlora-int4/meta"), at("over-int4"))) > 1e-3);
}

void TestLoraAdapter::badAdaptersGiveOneLine_data() {
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("tensor");  // of 4 x 8, beside lora_A of q in layer 0
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& json, const char* tensor, const char* expected) {
        QTest::newRow(name) << QByteArray::fromStdString(json) << QByteArray(tensor) << QString(expected);
    };
    const std::string q = R"("q_proj")";
    row("no JSON", "{", "", "not a valid JSON object");
    row("deep", std::string(200, '['), "", "nested");
    row("another method", R"({"peft_type": "IA3"})", "", "only LORA");
    row("control characters", "{\"peft_type\": \"\\u001b[31m\"}", "", "no plain name");
    row("no rank", R"({"peft_type": "LORA", "lora_alpha": 1})", "", "r is no number");
    row("huge rank", R"({"peft_type": "LORA", "r": 99999999999, "lora_alpha": 1})", "", "r is no number");
    row("no alpha", R"({"peft_type": "LORA", "r": 4, "lora_alpha": "16"})", "", "lora_alpha");
    row("DoRA", config(R"(, "use_dora": true)", q), "", "use_dora");
    row("bias", R"({"peft_type": "LORA", "r": 4, "lora_alpha": 6, "bias": "all"})", "", "bias");
    row("whole modules", config(R"(, "modules_to_save": ["lm_head"])", q), "", "modules_to_save");
    row("PiSSA", config(R"(, "init_lora_weights": "pissa_niter_4")", q), "", "pissa");
    row("expression", config(R"(, "alpha_pattern": {"(a+)+$": 1})", q), "", "regular expression");
    row("one factor", config("", q), "", "only one of");
    row("wrong shape", config("", q), "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight",
        "does not fit");
    row("embedding", config("", q), "base_model.model.model.embed_tokens.lora_embedding_A", "embed_tokens");
    row("head", config("", q), "base_model.model.lm_head.lora_A.weight", "lm_head");
    row("no such layer", config("", q), "base_model.model.model.layers.99.self_attn.q_proj.lora_A.weight",
        "layers.99");
    row("not a target", config("", q), "base_model.model.model.layers.0.mlp.up_proj.lora_A.weight",
        "target_modules");
    row("another tensor", config("", q), "weights", "weights");
}

void TestLoraAdapter::badAdaptersGiveOneLine() {
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, tensor);
    QFETCH(QString, expected);
    const auto base = engine::Checkpoint::open(model("hf").string());
    QVERIFY(base);
    const auto folder = at("bad");
    fs::remove_all(folder);
    fs::create_directories(folder);
    writeText(folder / "adapter_config.json", config.toStdString());
    const auto cols = (*base)->config.dim;
    Matrices tensors{{"base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
                      {4, cols, std::vector<float>(static_cast<std::size_t>(4 * cols))}}};
    if (!tensor.isEmpty())
        tensors[tensor.toStdString()] = {4, 8, std::vector<float>(32)};
    writeTensors(folder / "adapter_model.safetensors", tensors);
    const auto result = engine::withLoraAdapter(*base, folder);
    QVERIFY2(!result, "the adapter was accepted");
    const auto message = QString::fromStdString(result.error().message);
    QVERIFY2(message.contains(expected), qPrintable(message));
    QVERIFY2(message.contains("bad/adapter_") && !message.contains('\n') && message.size() < 400,
             qPrintable(message));
    fs::resize_file(folder / "adapter_model.safetensors",
                    fs::file_size(folder / "adapter_model.safetensors") / 2);
    QVERIFY(!engine::withLoraAdapter(*base, folder));
    QVERIFY(!engine::withLoraAdapter(*base, at("nowhere")));
}

void TestLoraAdapter::rotatedModelsAreRefused() {
    const auto base = engine::Checkpoint::open("demo:spinquant");
    if (!base)
        QSKIP("the embedded model is missing");
    Matrices none;
    makeAdapter(at("empty"), caseNamed("plain"), none);
    const auto result = engine::withLoraAdapter(*base, at("empty"));
    QVERIFY(!result && result.error().message.find("rotated") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestLoraAdapter)
#include "tst_lora_adapter.moc"
