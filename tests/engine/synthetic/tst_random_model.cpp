#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "engine/checkpoint/checkpoint.h"
#include "engine/generate/generator.h"
#include "engine/generate/local_model.h"
#include "engine/model/rope_table.h"
#include "engine/synthetic/random_model.h"
#include "engine/tokenizer/tokenizer.h"

using engine::RandomFormat;
using engine::RandomVariant;

/// Random models are valid checkpoints of their kind, repeatable, and run.
class TestRandomModel : public QObject {
    Q_OBJECT
private slots:
    void everyVariantOpensAndAnswers_data();
    void everyVariantOpensAndAnswers();
    void everyGgufOpensAndAnswers_data();
    void everyGgufOpensAndAnswers();
    void ggufRopeIsThatOfMetasLayout();
    void ggufWeightsHaveTheDeviationOfTheOthers_data();
    void ggufWeightsHaveTheDeviationOfTheOthers();
    void bothTokenizersAgree();
    void theSameSeedGivesTheSameWeights();
    void whatIsThereIsNotTouched();
    void anUnknownShapeIsAnError();
    void whatAFormatLacksIsAnError_data();
    void whatAFormatLacksIsAnError();

private:
    std::shared_ptr<const engine::Checkpoint> openGguf(const QString& name, RandomVariant variant);
    std::filesystem::path make(const QString& name, RandomVariant variant, std::uint64_t seed);
    QTemporaryDir folder_;
};

std::filesystem::path TestRandomModel::make(const QString& name, RandomVariant variant, std::uint64_t seed) {
    const std::filesystem::path out = folder_.filePath(name).toStdString();
    const auto made = engine::makeRandomModel({"tiny", variant, out, seed});
    if (!made)
        qCritical("%s", made.error().message.c_str());
    return out;
}

/// Made once per name.
std::shared_ptr<const engine::Checkpoint> TestRandomModel::openGguf(const QString& name,
                                                                    RandomVariant variant) {
    const std::filesystem::path out = folder_.filePath(name + ".gguf").toStdString();
    if (!std::filesystem::exists(out))
        if (const auto made = engine::makeRandomModel({"tiny", variant, out, 1, RandomFormat::gguf}); !made)
            qCritical("%s", made.error().message.c_str());
    auto opened = engine::Checkpoint::open(out.string());
    if (!opened) {
        qCritical("%s", opened.error().message.c_str());
        return nullptr;
    }
    return *opened;
}

void TestRandomModel::everyVariantOpensAndAnswers_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("bf16") << static_cast<int>(RandomVariant::bf16) << QByteArray("BF16");
    QTest::newRow("qat-lora") << static_cast<int>(RandomVariant::qatLora) << QByteArray("QAT+LoRA");
    QTest::newRow("spinquant") << static_cast<int>(RandomVariant::spinQuant) << QByteArray("SpinQuant");
}

void TestRandomModel::everyVariantOpensAndAnswers() {
    QFETCH(int, variant);
    QFETCH(QByteArray, name);
    const auto path = make(QTest::currentDataTag(), static_cast<RandomVariant>(variant), 1);
    const auto checkpoint = engine::Checkpoint::open(path.string());
    QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString((*checkpoint)->config.variant), name);
    QCOMPARE((*checkpoint)->config.dim, 128);
    QCOMPARE((*checkpoint)->config.hiddenDim, 384);
    QCOMPARE((*checkpoint)->config.tiedEmbeddings, variant == static_cast<int>(RandomVariant::bf16));

    engine::LoadRequest load;
    load.model = path.string();
    load.threads = 1;
    auto model = engine::LocalModel::load(load);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    engine::GenerationRequest request;
    request.messages = {{engine::Role::user, "hello"}};
    request.maxTokens = 5;
    request.ignoreStopTokens = true;
    const auto record = (*model)->generator()->run(request, {});
    QVERIFY2(record, record ? "" : record.error().message.c_str());
    QCOMPARE(record->tokens.size(), std::size_t{5});
}

void TestRandomModel::everyGgufOpensAndAnswers_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("linear");
    QTest::addColumn<int>("embedding");
    const auto row = [](const char* name, RandomVariant variant, engine::DType linear,
                        engine::DType embedding) {
        QTest::newRow(name) << static_cast<int>(variant) << static_cast<int>(linear)
                            << static_cast<int>(embedding);
    };
    row("gguf-bf16", RandomVariant::bf16, engine::DType::bf16, engine::DType::bf16);
    row("gguf-q4_0", RandomVariant::q4_0, engine::DType::q4_0, engine::DType::q8_0);
}

void TestRandomModel::everyGgufOpensAndAnswers() {
    QFETCH(int, variant);
    QFETCH(int, linear);
    QFETCH(int, embedding);
    const auto checkpoint = openGguf(QTest::currentDataTag(), static_cast<RandomVariant>(variant));
    QVERIFY(checkpoint);
    QCOMPARE(checkpoint->config.dim, 128);
    QCOMPARE(checkpoint->config.hiddenDim, 384);
    QCOMPARE(checkpoint->config.vocabSize, 1024);
    QVERIFY(checkpoint->config.tiedEmbeddings);
    for (const char* part : {"attention.wq", "attention.wo", "feed_forward.w2"})
        QCOMPARE(static_cast<int>((*checkpoint->require(std::string("layers.1.") + part + ".weight"))->type),
                 linear);
    QCOMPARE(static_cast<int>((*checkpoint->require("tok_embeddings.weight"))->type), embedding);

    engine::LoadRequest load;
    load.model = checkpoint->path.string();
    load.threads = 1;
    auto model = engine::LocalModel::load(load);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    engine::GenerationRequest request;
    request.messages = {{engine::Role::user, "hello"}};
    request.maxTokens = 5;
    request.ignoreStopTokens = true;
    const auto record = (*model)->generator()->run(request, {});
    QVERIFY2(record, record ? "" : record.error().message.c_str());
    QCOMPARE(record->tokens.size(), std::size_t{5});
}

/// The divisors in the file turn the same frequencies into those that Meta's layout asks for.
void TestRandomModel::ggufRopeIsThatOfMetasLayout() {
    const auto gguf = openGguf("rope", RandomVariant::bf16);
    QVERIFY(gguf);
    const auto meta = engine::Checkpoint::open(make("rope-meta", RandomVariant::bf16, 1).string());
    QVERIFY(meta);
    QVERIFY((*meta)->config.rope.scaling);
    const auto expected = engine::ropeFrequencies((*meta)->config.rope, 32);
    const auto frequencies = engine::ropeFrequencies(gguf->config.rope, 32);
    QCOMPARE(frequencies.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        QVERIFY2(std::fabs(frequencies[i] / expected[i] - 1.0F) < 1e-6F, qPrintable(QString::number(i)));
}

void TestRandomModel::ggufWeightsHaveTheDeviationOfTheOthers_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<int>("cols");
    for (const char* tensor : {"tok_embeddings.weight", "layers.0.attention.wq.weight"}) {
        QTest::addRow("bf16 %s", tensor) << static_cast<int>(RandomVariant::bf16) << QString(tensor) << 128;
        QTest::addRow("q4_0 %s", tensor) << static_cast<int>(RandomVariant::q4_0) << QString(tensor) << 128;
    }
    QTest::newRow("q4_0 wide") << static_cast<int>(RandomVariant::q4_0)
                               << QString("layers.1.feed_forward.w2.weight") << 384;
}

void TestRandomModel::ggufWeightsHaveTheDeviationOfTheOthers() {
    QFETCH(int, variant);
    QFETCH(QString, tensor);
    QFETCH(int, cols);
    const auto checkpoint =
        openGguf(QString("deviation-%1").arg(variant), static_cast<RandomVariant>(variant));
    QVERIFY(checkpoint);
    const auto weights = engine::toFloats(**checkpoint->require(tensor.toStdString()));
    double squares = 0.0;
    for (const float value : weights) {
        QVERIFY(std::isfinite(value));
        squares += double{value} * double{value};
    }
    const double deviation = std::sqrt(squares / static_cast<double>(weights.size()));
    QVERIFY2(std::fabs(deviation * std::sqrt(cols) - 1.0) < 0.1, qPrintable(QString::number(deviation)));
}

/// The pieces are the same, so a text becomes the same pieces in a GGUF file as by tiktoken's ranks.
void TestRandomModel::bothTokenizersAgree() {
    const auto gguf = openGguf("tokens", RandomVariant::q4_0);
    QVERIFY(gguf);
    const auto meta = engine::Checkpoint::open(make("tokens-meta", RandomVariant::bf16, 1).string());
    QVERIFY(meta);
    const auto one = engine::Tokenizer::load(*gguf);
    const auto other = engine::Tokenizer::load(**meta);
    QVERIFY2(one, one ? "" : one.error().message.c_str());
    QVERIFY2(other, other ? "" : other.error().message.c_str());
    for (std::int32_t id = 0; id < 1024; ++id)
        QCOMPARE((*one)->bytes(engine::TokenId{id}), (*other)->bytes(engine::TokenId{id}));
    const std::string text = "It is 7 o'clock, Zoë: grab a cab, \tabcdefgh\n日本";
    const auto ids = (*one)->encode(text);
    QCOMPARE((*one)->decode(ids), text);
    QVERIFY(ids.size() < text.size());  // merges were used
}

void TestRandomModel::theSameSeedGivesTheSameWeights() {
    const auto norms = [&](const QString& name, std::uint64_t seed) {
        const auto checkpoint = engine::Checkpoint::open(make(name, RandomVariant::bf16, seed).string());
        return engine::toFloats(**(*checkpoint)->require("layers.1.attention.wq.weight"));
    };
    const auto first = norms("a", 5);
    QCOMPARE(norms("b", 5), first);
    QVERIFY(norms("c", 6) != first);
    double squares = 0.0;
    for (const float value : first)
        squares += double{value} * double{value};
    const double deviation = std::sqrt(squares / static_cast<double>(first.size()));
    QVERIFY2(std::fabs(deviation * std::sqrt(128.0) - 1.0) < 0.05, qPrintable(QString::number(deviation)));
}

void TestRandomModel::whatIsThereIsNotTouched() {
    const auto out = make("kept", RandomVariant::bf16, 1);
    const auto before = std::filesystem::last_write_time(out / "consolidated.00.pth");
    const auto again = engine::makeRandomModel({"tiny", RandomVariant::spinQuant, out, 2});
    QVERIFY(!again);
    QCOMPARE(again.error().code, engine::ErrorCode::invalidInput);
    QCOMPARE(std::filesystem::last_write_time(out / "consolidated.00.pth"), before);
}

void TestRandomModel::anUnknownShapeIsAnError() {
    const auto made =
        engine::makeRandomModel({"7b", RandomVariant::bf16, folder_.filePath("no").toStdString(), 1});
    QVERIFY(!made);
    QVERIFY2(made.error().message.find("1b, 3b and tiny") != std::string::npos, made.error().message.c_str());
}

void TestRandomModel::whatAFormatLacksIsAnError_data() {
    QTest::addColumn<int>("variant");
    QTest::addColumn<int>("format");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, RandomVariant variant, RandomFormat format, const char* file,
                        const char* expected) {
        QTest::newRow(name) << static_cast<int>(variant) << static_cast<int>(format) << QString(file)
                            << QString(expected);
    };
    row("spinquant as gguf", RandomVariant::spinQuant, RandomFormat::gguf, "s.gguf", "bf16 and q4_0");
    row("q4_0 as meta", RandomVariant::q4_0, RandomFormat::meta, "q", "as a GGUF file only");
    row("a file without its ending", RandomVariant::bf16, RandomFormat::gguf, "x.bin", ".gguf");
    row("a file that is there", RandomVariant::bf16, RandomFormat::gguf, "there.gguf", "there already");
    row("a folder that is not there", RandomVariant::bf16, RandomFormat::gguf, "no/x.gguf", "No such file");
}

void TestRandomModel::whatAFormatLacksIsAnError() {
    QFETCH(int, variant);
    QFETCH(int, format);
    QFETCH(QString, file);
    QFETCH(QString, expected);
    QFile there(folder_.filePath("there.gguf"));
    QVERIFY(there.open(QIODevice::WriteOnly));
    const auto made =
        engine::makeRandomModel({"tiny", static_cast<RandomVariant>(variant),
                                 folder_.filePath(file).toStdString(), 1, static_cast<RandomFormat>(format)});
    QVERIFY(!made);
    QVERIFY2(QString::fromStdString(made.error().message).contains(expected), made.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestRandomModel)
#include "tst_random_model.moc"
