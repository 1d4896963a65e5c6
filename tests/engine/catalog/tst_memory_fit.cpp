#include <QtTest>

#include "engine/catalog/memory_fit.h"
#include "engine/generate/local_model.h"
#include "engine/model/weights_size.h"
#include "engine/runtime/forward_memory.h"
#include "tests/support/fixtures.h"

using engine::FitVerdict;

/// The estimate against models that are really loaded: what was foretold is what was allocated.
class TestMemoryFit : public QObject {
    Q_OBJECT
private slots:
    void foretellsWhatLoadingAllocates_data();
    void foretellsWhatLoadingAllocates();
    void tensorsAddUp();
    void contextIsTheModelsAtMost();
    void verdictsFollowTheNumbers_data();
    void verdictsFollowTheNumbers();
};

void TestMemoryFit::foretellsWhatLoadingAllocates_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("kv");
    QTest::addColumn<int>("context");
    const auto golden = [](const char* path) {
        return QString::fromStdString(testsupport::dataPath(std::string("golden/") + path).string());
    };
    for (const char* demo : {"demo:bf16", "demo:qat-lora", "demo:spinquant"})
        for (const auto& scheme : engine::kvSchemes())
            QTest::addRow("%s %s", demo, scheme.name.data()) << demo << scheme.name.data() << 200;
    QTest::newRow("own output, biases") << golden("text-qwen2/hf") << "bf16" << 300;
    QTest::newRow("hugging face") << golden("text-bf16/hf") << "int8" << 100;
    for (const char* variant : {"q4_0", "q8_0", "f16"}) {
        const auto path =
            testsupport::largeFixture(std::string("realmodels/gguf/tinystories2M-") + variant + ".gguf");
        if (!path.empty())
            QTest::addRow("gguf %s", variant) << QString::fromStdString(path.string()) << "kivi2" << 160;
    }
}

void TestMemoryFit::foretellsWhatLoadingAllocates() {
    QFETCH(QString, model);
    QFETCH(QString, kv);
    QFETCH(int, context);
    engine::LoadRequest request;
    request.model = model.toStdString();
    request.kv = kv.toStdString();
    request.context = context;
    request.threads = 2;
    auto loaded = engine::LocalModel::load(request);
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    const auto& real = (*loaded)->model();
    const auto weights = engine::weightsSize(real.checkpoint(), real.plan());
    QVERIFY(weights);
    QCOMPARE(*weights, real.weightsBytes());

    // A whole chunk of the prompt: only then are all buffers there.
    const auto tokens =
        std::vector<engine::TokenId>(std::min<std::size_t>(256, std::size_t(context)), engine::TokenId{1});
    QVERIFY((*loaded)->session().prefill(tokens));
    const auto fit = engine::estimateFit(real.config(), *weights, real.plan(),
                                         {context, *engine::kvSchemeNamed(request.kv), 2}, 1 << 30);
    QCOMPARE(fit.weights, real.weightsBytes());
    QCOMPARE(fit.kvCache, (*loaded)->session().kvBytes());
    QCOMPARE(fit.activations, (*loaded)->session().activationBytes());
    QCOMPARE(fit.context, context);
    QCOMPARE(fit.total(), fit.weights + fit.kvCache + fit.activations + fit.application);
}

void TestMemoryFit::tensorsAddUp() {
    for (const char* demo : {"demo:bf16", "demo:qat-lora", "demo:spinquant"}) {
        const auto checkpoint = *engine::Checkpoint::open(demo);
        const auto plan = *engine::KernelPlan::make("auto", false);
        std::int64_t sum = 0;
        for (const auto& [name, tensor] : checkpoint->tensors)
            sum += *engine::packedSize(*checkpoint, name, plan);
        QCOMPARE(sum, *engine::weightsSize(*checkpoint, plan));
    }
}

void TestMemoryFit::contextIsTheModelsAtMost() {
    const auto checkpoint = *engine::Checkpoint::open("demo:bf16");
    const auto plan = *engine::KernelPlan::make("auto", false);
    const auto own = checkpoint->config.contextLength;
    QVERIFY(own > 0 && own < 1 << 20);
    const auto fit = engine::estimateFit(checkpoint->config, 1, plan, {1 << 20, {}, 1}, {});
    QCOMPARE(fit.context, own);
    QCOMPARE(fit.verdict(), FitVerdict::unknown);
    const auto half = engine::estimateFit(checkpoint->config, 1, plan, {own / 2, {}, 1}, {});
    QVERIFY(half.kvCache < fit.kvCache);
}

void TestMemoryFit::verdictsFollowTheNumbers_data() {
    QTest::addColumn<qint64>("available");
    QTest::addColumn<int>("verdict");
    QTest::newRow("just fits") << qint64{1000} << int(FitVerdict::tight);
    QTest::newRow("a byte short") << qint64{999} << int(FitVerdict::tooLarge);
    QTest::newRow("room") << qint64{1200} << int(FitVerdict::fits);
    QTest::newRow("little room") << qint64{1100} << int(FitVerdict::tight);
}

void TestMemoryFit::verdictsFollowTheNumbers() {
    QFETCH(qint64, available);
    engine::MemoryFit fit;
    fit.weights = 400;
    fit.kvCache = 300;
    fit.activations = 200;
    fit.application = 100;
    fit.available = available;
    QTEST(int(fit.verdict()), "verdict");
}

QTEST_APPLESS_MAIN(TestMemoryFit)
#include "tst_memory_fit.moc"
