#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "engine/checkpoint/checkpoint.h"
#include "engine/generate/generator.h"
#include "engine/generate/local_model.h"
#include "engine/synthetic/random_model.h"

using engine::RandomVariant;

/// Random models are valid checkpoints of their kind, repeatable, and run.
class TestRandomModel : public QObject {
    Q_OBJECT
private slots:
    void everyVariantOpensAndAnswers_data();
    void everyVariantOpensAndAnswers();
    void theSameSeedGivesTheSameWeights();
    void whatIsThereIsNotTouched();
    void anUnknownShapeIsAnError();

private:
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

QTEST_APPLESS_MAIN(TestRandomModel)
#include "tst_random_model.moc"
