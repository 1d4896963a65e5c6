#include <QtTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/mapped_file.h"
#include "engine/base/npy.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/checkpoint/gguf_reader.h"
#include "engine/checkpoint/pth_reader.h"
#include "engine/checkpoint/safetensors_reader.h"
#include "tests/support/compare_tensors.h"
#include "tests/support/fixtures.h"

using Json = nlohmann::json;

/// Good files: every tensor of the golden files, and the same model in all its layouts.
class TestCheckpoint : public QObject {
    Q_OBJECT
private slots:
    void followsTheManifest_data();
    void followsTheManifest();
    void readsGgufValues();
    void dequantizesBlocks_data();
    void dequantizesBlocks();
    void opensModels_data();
    void opensModels();
    void layoutsHoldTheSameWeights_data();
    void layoutsHoldTheSameWeights();
    void decidesRopeAndHadamard();
};

namespace {

Json golden(const std::string& file) {
    std::ifstream stream(testsupport::dataPath("golden/" + file));
    return Json::parse(stream);
}

engine::Result<engine::TensorMap> readAny(const std::filesystem::path& path) {
    auto file = engine::MappedFile::open(path);
    if (!file)
        return file.error();
    static std::vector<std::shared_ptr<const engine::MappedFile>>
        kept;  // the tensors point into the mappings
    kept.push_back(*file);
    if (path.extension() == ".pth")
        return engine::readPth(**file);
    if (path.extension() == ".safetensors")
        return engine::readSafetensors(**file);
    auto gguf = engine::readGguf(**file);
    if (!gguf)
        return gguf.error();
    return std::move(gguf->tensors);
}

std::shared_ptr<const engine::Checkpoint> open(const std::string& model,
                                               const engine::CheckpointOptions& options = {}) {
    auto opened = engine::Checkpoint::open(testsupport::dataPath("golden/" + model).string(), options);
    if (!opened)
        QTest::qFail(opened.error().message.c_str(), __FILE__, __LINE__);
    return opened ? *opened : nullptr;
}

/// Rows of q and k as Hugging Face keeps them, in Meta's order: HF[j] = Meta[2j], HF[half + j] = Meta[2j +
/// 1].
std::vector<float> pairsAdjacent(const std::vector<float>& values, std::int64_t heads, std::int64_t headDim,
                                 std::int64_t cols) {
    std::vector<float> out(values.size());
    for (std::int64_t h = 0; h < heads; ++h)
        for (std::int64_t j = 0; j < headDim; ++j) {
            const auto from = (h * headDim + j) * cols;
            const auto to = (h * headDim + (j < headDim / 2 ? 2 * j : 2 * (j - headDim / 2) + 1)) * cols;
            std::copy_n(values.begin() + from, cols, out.begin() + to);
        }
    return out;
}

}  // namespace

void TestCheckpoint::followsTheManifest_data() {
    QTest::addColumn<QString>("file");
    const auto manifest = golden("files/manifest.json");
    for (const auto& [file, about] : manifest.items())
        QTest::newRow(file.c_str()) << QString::fromStdString(file);
}

void TestCheckpoint::followsTheManifest() {
    QFETCH(QString, file);
    const auto about = golden("files/manifest.json")[file.toStdString()];
    const auto path = testsupport::dataPath("golden/files/" + file.toStdString());
    const auto tensors = readAny(path);
    if (!about["accept"].get<bool>()) {
        QVERIFY2(!tensors, about["why"].get<std::string>().c_str());
        QVERIFY(tensors.error().message.find(path.string()) != std::string::npos);
        return;
    }
    QVERIFY2(tensors.has_value(), tensors ? "" : tensors.error().message.c_str());
    if (!about.contains("tensors") || path.extension() == ".gguf")
        return;
    QCOMPARE(tensors->size(), about["tensors"].size());
    const std::map<std::string, engine::DType> types = {{"bfloat16", engine::DType::bf16},
                                                        {"int8", engine::DType::i8},
                                                        {"float32", engine::DType::f32},
                                                        {"float16", engine::DType::f16},
                                                        {"int64", engine::DType::i64}};
    for (const auto& [name, expected] : about["tensors"].items()) {
        const auto& tensor = tensors->at(name);
        QCOMPARE(tensor.type, types.at(expected["dtype"].get<std::string>()));
        QCOMPARE(tensor.shape, expected["shape"].get<std::vector<std::int64_t>>());
        const auto values = expected["values"].is_array()
                                ? expected["values"].get<std::vector<float>>()
                                : std::vector<float>{expected["values"].get<float>()};
        COMPARE_TENSORS(engine::toFloats(tensor), values, 0.0);
    }
}

void TestCheckpoint::readsGgufValues() {
    auto file = engine::MappedFile::open(testsupport::dataPath("golden/files/gguf/good.gguf"));
    QVERIFY(file.has_value());
    const auto gguf = engine::readGguf(**file);
    QVERIFY(gguf.has_value());
    const auto& metadata = gguf->metadata;
    QCOMPARE(metadata.text("general.architecture").value_or(""), std::string("llama"));
    QCOMPARE(metadata.flag("x.bool").value_or(false), true);
    QCOMPARE(metadata.number("x.float").value_or(0), 0.5);
    QVERIFY(metadata.integers("x.array") != nullptr);
    QCOMPARE(*metadata.integers("x.array"), (std::vector<std::int64_t>{1, -2, 3}));
    QVERIFY(metadata.texts("x.names") != nullptr);
    QCOMPARE(*metadata.texts("x.names"), (std::vector<std::string>{"a", "", "\xc3\xbc"}));
    // Another type reads as absent, never as a cast.
    QVERIFY(!metadata.integer("general.architecture"));
    QVERIFY(!metadata.text("x.float"));
    QVERIFY(metadata.numbers("x.array") == nullptr);
    const auto& t = gguf->tensors.at("t");
    QCOMPARE(t.shape, (std::vector<std::int64_t>{2, 32}));
    const auto values = engine::toFloats(t);
    QCOMPARE(values.front(), 0.0F);
    QCOMPARE(values.back(), 63.0F);
    COMPARE_TENSORS(engine::toFloats(gguf->tensors.at("u")), std::vector<float>({0, 1, 2}), 0.0);
}

void TestCheckpoint::dequantizesBlocks_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("dtype");
    QTest::newRow("Q8_0") << "Q8_0" << static_cast<int>(engine::DType::q8_0);
    QTest::newRow("Q4_0") << "Q4_0" << static_cast<int>(engine::DType::q4_0);
    QTest::newRow("F16") << "F16" << static_cast<int>(engine::DType::f16);
    QTest::newRow("BF16") << "BF16" << static_cast<int>(engine::DType::bf16);
}

void TestCheckpoint::dequantizesBlocks() {
    QFETCH(QString, type);
    QFETCH(int, dtype);
    const auto stem = "golden/gguf-blocks/" + type.toStdString();
    auto file = engine::MappedFile::open(testsupport::dataPath(stem + ".bin"));
    QVERIFY(file.has_value());
    const auto expected = engine::readNpy(testsupport::dataPath(stem + "_dequantized.npy"));
    QVERIFY(expected.has_value());
    engine::Tensor tensor{static_cast<engine::DType>(dtype), {4, 512}, {512, 1}, (*file)->bytes().data()};
    if (engine::itemSize(tensor.type) == 0)
        tensor.strides.clear();
    QCOMPARE(tensor.bytes(), (*file)->bytes().size());
    COMPARE_TENSORS(engine::toFloats(tensor), expected->data, 0.0);
    std::vector<float> rows(2 * 512);
    engine::rowsToFloats(tensor, 1, 3, rows.data());
    COMPARE_TENSORS(rows, std::span(expected->data).subspan(512, 1024), 0.0);
}

void TestCheckpoint::opensModels_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("variant");
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<bool>("tied");
    const auto row = [](const char* model, const char* format, const char* variant, const char* scheme,
                        bool tied) {
        QTest::newRow(model) << QString(model) << QString(format) << QString(variant) << QString(scheme)
                             << tied;
    };
    row("text-bf16/meta", "meta", "BF16", "bf16", true);
    row("text-bf16/meta/consolidated.00.pth", "meta", "BF16", "bf16", true);
    row("text-bf16/hf", "huggingface", "BF16", "bf16", true);
    row("text-bf16/hf/model.safetensors", "safetensors", "BF16", "bf16", true);
    row("text-bf16/hf-sharded", "huggingface", "BF16", "bf16", true);
    row("text-bf16/gguf/model-bf16.gguf", "gguf", "BF16", "bf16", true);
    row("text-bf16/gguf/model-q8_0.gguf", "gguf", "Q8_0", "q8_0", true);
    row("text-bf16/gguf/model-q4_0.gguf", "gguf", "Q4_0", "q4_0", true);
    row("text-qlora-int4/meta", "meta", "QAT+LoRA", "int4_g32", false);
    row("text-spinquant-int4/meta", "meta", "SpinQuant", "int4_g32", false);
    row("text-qwen2/hf", "huggingface", "BF16", "bf16", true);
    row("text-qwen2/gguf/model-bf16.gguf", "gguf", "BF16", "bf16", true);
}

void TestCheckpoint::opensModels() {
    QFETCH(QString, model);
    QFETCH(QString, format);
    QFETCH(QString, variant);
    QFETCH(QString, scheme);
    QFETCH(bool, tied);
    const auto checkpoint = open(model.toStdString());
    QVERIFY(checkpoint);
    const auto& config = checkpoint->config;
    const bool qwen = model.startsWith("text-qwen2");
    QCOMPARE(QString::fromStdString(checkpoint->format), format);
    QCOMPARE(QString::fromStdString(config.variant), variant);
    QCOMPARE(QString::fromStdString(checkpoint->schemeOf("layers.0.attention.wq.weight")), scheme);
    QCOMPARE(config.tiedEmbeddings, tied);
    QCOMPARE(QString::fromStdString(config.architecture), qwen ? "qwen2" : "llama");
    QCOMPARE(config.attentionBias, qwen);
    QCOMPARE(config.headDim * config.nHeads, config.dim);
    QCOMPARE(config.rope.pairs == engine::RopePairs::halves,
             qwen || format == "huggingface" || format == "safetensors");
    QCOMPARE(config.hadamardFfn, variant == "SpinQuant");
    QCOMPARE(config.lora.has_value(), variant == "QAT+LoRA");
    QVERIFY(!checkpoint->files.empty());
    const auto norm = checkpoint->require("norm.weight");
    QVERIFY(norm.has_value());
    QCOMPARE((*norm)->shape, std::vector<std::int64_t>{config.dim});
    QVERIFY(!checkpoint->require("layers.99.ffn_norm.weight"));
}

void TestCheckpoint::layoutsHoldTheSameWeights_data() {
    QTest::addColumn<QString>("model");
    for (const char* model : {"text-bf16/hf", "text-bf16/hf-sharded", "text-bf16/gguf/model-bf16.gguf"})
        QTest::newRow(model) << QString(model);
}

void TestCheckpoint::layoutsHoldTheSameWeights() {
    QFETCH(QString, model);
    const auto meta = open("text-bf16/meta");
    const auto other = open(model.toStdString());
    QVERIFY(meta && other);
    QCOMPARE(other->tensors.size(), meta->tensors.size());
    const auto& config = meta->config;
    for (const auto& [name, tensor] : meta->tensors) {
        const auto* found = other->find(name);
        QVERIFY2(found != nullptr, name.c_str());
        auto values = engine::toFloats(*found);
        if (other->config.rope.pairs == engine::RopePairs::halves &&
            (name.ends_with("wq.weight") || name.ends_with("wk.weight")))
            values = pairsAdjacent(values, tensor.shape[0] / config.headDim, config.headDim, config.dim);
        COMPARE_TENSORS(values, engine::toFloats(tensor), 0.0);
    }
}

void TestCheckpoint::decidesRopeAndHadamard() {
    const auto plain = open("text-bf16/meta");
    QVERIFY(plain && plain->config.rope.scaling);
    QCOMPARE(plain->config.rope.scaling->factor, 8.0F);
    QVERIFY(!plain->config.notes.empty());
    const auto asked = open("text-bf16/meta", {32.0F, {}});
    QVERIFY(asked && asked->config.rope.scaling);
    QCOMPARE(asked->config.rope.scaling->factor, 32.0F);
    const auto without = open("text-spinquant-int4/meta", {{}, false});
    QVERIFY(without);
    QVERIFY(!without->config.hadamardFfn);
    const auto negative =
        engine::Checkpoint::open(testsupport::dataPath("golden/text-bf16/meta").string(), {-1.0F, {}});
    QVERIFY(!negative);
}

QTEST_GUILESS_MAIN(TestCheckpoint)
#include "tst_checkpoint.moc"
