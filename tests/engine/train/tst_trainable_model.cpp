#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/base/npy.h"
#include "engine/train/model_writer.h"
#include "tests/engine/train/model_logits.h"
#include "tests/support/compare_tensors.h"
#include "tests/support/fixtures.h"

using engine::train::TrainableModel;
using engine::train::TrainableOptions;

namespace {

std::shared_ptr<const engine::Checkpoint> open(const std::filesystem::path& path) {
    auto checkpoint = engine::Checkpoint::open(path.string());
    if (!checkpoint)
        qFatal("%s", checkpoint.error().message.c_str());
    return *checkpoint;
}

std::unique_ptr<TrainableModel> create(const std::filesystem::path& path, const TrainableOptions& options) {
    auto model = TrainableModel::create(open(path), options);
    if (!model)
        qFatal("%s", model.error().message.c_str());
    return std::move(*model);
}

std::vector<std::int32_t> sequence(const std::string& folder) {
    std::ifstream in(testsupport::dataPath("golden/" + folder + "/golden/golden.json"));
    return nlohmann::json::parse(in)["sequences"]["seq3"].get<std::vector<std::int32_t>>();
}

/// Moves every trained number a little, as training would.
void disturb(TrainableModel& model) {
    std::mt19937 generator(5);
    for (auto& parameter : model.parameters())
        for (float& value : parameter.master)
            value += 0.02F * (static_cast<float>(generator() >> 8) * 0x1p-23F - 1.0F);
    model.refresh();
}

}  // namespace

/// The trained form of a model against the reference's logits, and against the engine that runs what it
/// writes.
class TestTrainableModel : public QObject {
    Q_OBJECT
private slots:
    void computesTheGoldenLogits_data();
    void computesTheGoldenLogits();
    void newAdaptersChangeNothing();
    void onlyAdaptersAreTrained();
    void whatIsWrittenComputesTheSame_data();
    void whatIsWrittenComputesTheSame();
    void stagesGoOnWithTheSameIntegers();
    void peftAdaptersHaveTheirNames();
    void peftsFormulaGivesTheSameLogits_data();
    void peftsFormulaGivesTheSameLogits();
};

void TestTrainableModel::computesTheGoldenLogits_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("layout");
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<bool>("backbone");
    for (const bool backbone : {true, false}) {
        const char* trained = backbone ? "trained" : "frozen";
        for (const char* layout : {"meta", "hf"})
            QTest::addRow("bf16 %s %s", layout, trained) << "text-bf16" << layout << "" << backbone;
        QTest::addRow("qwen2 %s", trained) << "text-qwen2"
                                           << "hf"
                                           << "" << backbone;
    }
    QTest::addRow("family") << "text-qlora-int4"
                            << "meta"
                            << "_output_8da8w" << false;
}

void TestTrainableModel::computesTheGoldenLogits() {
    QFETCH(QString, folder);
    QFETCH(QString, layout);
    QFETCH(QString, suffix);
    QFETCH(bool, backbone);
    const auto name = folder.toStdString();
    const auto path = testsupport::dataPath("golden/" + name);
    TrainableOptions options;
    options.backbone = backbone;
    const auto checkpoint = open(path / layout.toStdString());
    if (checkpoint->config.lora) {
        options.family = true;
        options.loraRank = checkpoint->config.lora->rank;
        options.loraScale = checkpoint->config.lora->scale;
    }
    const auto model = create(path / layout.toStdString(), options);
    const auto expected = engine::readNpy(path / "golden" / ("logits_seq3" + suffix.toStdString() + ".npy"));
    QVERIFY(expected);
    // Tolerances: tests/data/golden/README.md.
    COMPARE_TENSORS(traintest::trainedLogits(*model, sequence(name)), expected->data,
                    options.family ? 2e-4 : 1e-4);
}

void TestTrainableModel::newAdaptersChangeNothing() {
    const auto path = testsupport::dataPath("golden/text-bf16/meta");
    TrainableOptions frozen;
    frozen.backbone = false;
    auto adapted = frozen;
    adapted.loraRank = 4;
    const auto tokens = sequence("text-bf16");
    COMPARE_TENSORS(traintest::trainedLogits(*create(path, adapted), tokens),
                    traintest::trainedLogits(*create(path, frozen), tokens), 0.0);
}

void TestTrainableModel::onlyAdaptersAreTrained() {
    TrainableOptions options;
    options.backbone = false;
    options.quantizedBase = true;
    options.loraRank = 4;
    const auto model = create(testsupport::dataPath("golden/text-bf16/meta"), options);
    QCOMPARE(model->parameters().size(), static_cast<std::size_t>(model->config().nLayers) * 14);
    for (const auto& parameter : model->parameters())
        QVERIFY2(parameter.name.find(".adaptor.") != std::string::npos, parameter.name.c_str());
}

void TestTrainableModel::whatIsWrittenComputesTheSame_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("variant");
    for (const auto& [method, meta, hf] : {std::tuple{"full", "BF16", "BF16"},
                                           {"lora", "BF16+LoRA", "BF16"},
                                           {"qlora", "BF16+LoRA", "BF16"},
                                           {"qat", "INT4", "INT4"},
                                           {"qat-lora", "QAT+LoRA", "QAT+LoRA"}}) {
        QTest::addRow("meta %s", method) << "text-bf16/meta" << method << meta;
        QTest::addRow("hf %s", method) << "text-bf16/hf" << method << hf;
    }
    QTest::addRow("qwen2 full") << "text-qwen2/hf"
                                << "full"
                                << "BF16";
    QTest::addRow("qwen2 lora") << "text-qwen2/hf"
                                << "lora"
                                << "BF16";
}

void TestTrainableModel::whatIsWrittenComputesTheSame() {
    QFETCH(QString, source);
    QFETCH(QString, method);
    QFETCH(QString, variant);
    QTemporaryDir folder;
    TrainableOptions options;
    options.backbone = method == "full" || method == "qat";
    options.family = method.startsWith("qat");
    options.quantizedBase = method == "qlora";
    options.loraRank = method.endsWith("lora") ? 8 : 0;
    const auto model = create(testsupport::dataPath("golden/" + source.toStdString()), options);
    disturb(*model);
    const auto written = engine::train::writeModel(*model, folder.path().toStdString());
    QVERIFY2(written, written ? "" : written.error().message.c_str());
    QCOMPARE(QString::fromStdString(written->variant), variant);
    if (options.backbone && options.family) {
        // Without adapters the file does not say that norms are not folded: opened with the decision made.
        QVERIFY(std::filesystem::exists(written->path / "consolidated.00.pth"));
    }
    const auto tokens = sequence(source.section('/', 0, 0).toStdString());
    const auto expected = traintest::trainedLogits(*model, tokens);
    const auto actual = traintest::engineLogits(written->path, tokens);
    // Merged adapters and dequantized weights are rounded to BF16 once more; there it is the size that
    // counts.
    const bool rounded = variant == "BF16" ? options.loraRank > 0 : options.quantizedBase;
    COMPARE_TENSORS(actual, expected, rounded ? 0.15 : 3e-4);
    QCOMPARE(QString::fromStdString(open(written->path)->config.variant), variant);
}

/// A frozen backbone is that of the QAT stage before it, and going on with training it does not round it
/// again.
void TestTrainableModel::stagesGoOnWithTheSameIntegers() {
    TrainableOptions qat;
    qat.family = true;
    const auto first = create(testsupport::dataPath("golden/text-bf16/meta"), qat);
    disturb(*first);
    TrainableOptions adapters = qat;
    adapters.backbone = false;
    adapters.loraRank = 4;
    auto second = first->continued(adapters);
    QVERIFY(second);
    TrainableOptions both = adapters;
    both.backbone = true;
    auto third = (*second)->continued(both);
    QVERIFY(third);
    const auto tokens = sequence("text-bf16");
    const auto expected = traintest::trainedLogits(*first, tokens);
    COMPARE_TENSORS(traintest::trainedLogits(**second, tokens), expected, 1e-4);
    COMPARE_TENSORS(traintest::trainedLogits(**third, tokens), expected, 1e-4);
}

void TestTrainableModel::peftAdaptersHaveTheirNames() {
    QTemporaryDir folder;
    TrainableOptions options;
    options.backbone = false;
    options.loraRank = 4;
    const auto model = create(testsupport::dataPath("golden/text-bf16/hf"), options);
    QVERIFY(engine::train::writeModel(*model, folder.path().toStdString()));
    QFile file(folder.filePath("adapter/adapter_model.safetensors"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto bytes = file.readAll();
    quint64 size = 0;
    std::memcpy(&size, bytes.constData(), sizeof size);
    const auto header = nlohmann::json::parse(bytes.mid(8, static_cast<qsizetype>(size)).toStdString());
    const auto& b = header.at("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight");
    QCOMPARE(b.at("dtype").get<std::string>(), std::string("BF16"));
    QCOMPARE(b.at("shape").get<std::vector<int>>(),
             (std::vector<int>{static_cast<int>(model->shape().qDim()), 4}));
    std::ifstream config(folder.filePath("adapter/adapter_config.json").toStdString());
    const auto json = nlohmann::json::parse(config);
    QCOMPARE(json.at("r").get<int>(), 4);
    QCOMPARE(json.at("lora_alpha").get<double>(), 8.0);
}

namespace {

/// A BF16 tensor of a safetensors file, read without the engine's reader.
std::vector<double> bf16Of(const QByteArray& file, const nlohmann::json& header, const std::string& name) {
    quint64 size = 0;
    std::memcpy(&size, file.constData(), sizeof size);
    const auto begin = header.at(name).at("data_offsets").at(0).get<qsizetype>();
    const auto end = header.at(name).at("data_offsets").at(1).get<qsizetype>();
    std::vector<double> values;
    for (auto at = begin; at < end; at += 2) {
        std::uint16_t half = 0;
        std::memcpy(&half, file.constData() + 8 + static_cast<qsizetype>(size) + at, sizeof half);
        const auto bits = std::uint32_t{half} << 16;
        float value = 0.0F;
        std::memcpy(&value, &bits, sizeof value);
        values.push_back(double{value});
    }
    return values;
}

}  // namespace

void TestTrainableModel::peftsFormulaGivesTheSameLogits_data() {
    QTest::addColumn<std::string>("layout");
    QTest::newRow("Hugging Face's rows") << std::string("hf");
    QTest::newRow("Meta's rows become Hugging Face's") << std::string("meta");
}

/// What PEFT's documentation says of an adapter, W + lora_alpha / r * B A, over the base in Hugging Face's
/// layout gives the logits of the model that was trained.
void TestTrainableModel::peftsFormulaGivesTheSameLogits() {
    QFETCH(std::string, layout);
    QTemporaryDir folder;
    TrainableOptions options;
    options.backbone = false;
    options.loraRank = 4;
    const auto trained = create(testsupport::dataPath("golden/text-bf16/" + layout), options);
    std::mt19937 random(3);
    for (auto& parameter : trained->parameters())
        for (float& value : parameter.master)
            value = (static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F) * 0.2F;
    trained->refresh();
    QVERIFY(engine::train::writeModel(*trained, folder.path().toStdString()));

    QFile opened(folder.filePath("adapter/adapter_model.safetensors"));
    QVERIFY(opened.open(QIODevice::ReadOnly));
    const auto file = opened.readAll();
    quint64 size = 0;
    std::memcpy(&size, file.constData(), sizeof size);
    const auto header = nlohmann::json::parse(file.mid(8, static_cast<qsizetype>(size)).toStdString());
    std::ifstream configFile(folder.filePath("adapter/adapter_config.json").toStdString());
    const auto config = nlohmann::json::parse(configFile);
    const auto rank = config.at("r").get<std::size_t>();
    const double scale = config.at("lora_alpha").get<double>() / static_cast<double>(rank);

    TrainableOptions whole;
    whole.bf16 = false;
    const auto merged = create(testsupport::dataPath("golden/text-bf16/hf"), whole);
    const std::map<std::string, std::string> names{
        {"attention.wq", "self_attn.q_proj"}, {"attention.wk", "self_attn.k_proj"},
        {"attention.wv", "self_attn.v_proj"}, {"attention.wo", "self_attn.o_proj"},
        {"feed_forward.w1", "mlp.gate_proj"}, {"feed_forward.w2", "mlp.down_proj"},
        {"feed_forward.w3", "mlp.up_proj"}};
    std::size_t applied = 0;
    for (auto& parameter : merged->parameters()) {
        const auto dot = parameter.name.find('.', std::string_view("layers.").size());
        const auto linear = names.find(parameter.name.substr(dot + 1, parameter.name.rfind('.') - dot - 1));
        if (!parameter.name.starts_with("layers.") || linear == names.end())
            continue;
        const auto prefix =
            "base_model.model.model." + parameter.name.substr(0, dot + 1) + linear->second + ".lora_";
        const auto a = bf16Of(file, header, prefix + "A.weight");
        const auto b = bf16Of(file, header, prefix + "B.weight");
        const auto cols = static_cast<std::size_t>(parameter.cols);
        for (std::size_t i = 0; i < parameter.master.size(); ++i) {
            double sum = 0.0;
            for (std::size_t k = 0; k < rank; ++k)
                sum += b[i / cols * rank + k] * a[k * cols + i % cols];
            parameter.master[i] += static_cast<float>(scale * sum);
        }
        ++applied;
    }
    QCOMPARE(applied, static_cast<std::size_t>(7 * merged->config().nLayers));
    QCOMPARE(header.size(), 2 * applied + 1);  // and __metadata__
    merged->refresh();
    const auto tokens = sequence("text-bf16");
    COMPARE_TENSORS(traintest::trainedLogits(*merged, tokens), traintest::trainedLogits(*trained, tokens),
                    1e-3);
}

QTEST_APPLESS_MAIN(TestTrainableModel)
#include "tst_trainable_model.moc"
