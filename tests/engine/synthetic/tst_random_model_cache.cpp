#include <QTemporaryDir>
#include <QtTest>

#include "engine/synthetic/random_model_cache.h"

namespace fs = std::filesystem;

/// Random models of profiles are made once, whole or not at all.
class TestRandomModelCache : public QObject {
    Q_OBJECT
private slots:
    void readsNames();
    void makesAModelOnce_data();
    void makesAModelOnce();
    void aStoppedModelLeavesNothing();
};

void TestRandomModelCache::readsNames() {
    const auto request = engine::randomModelNamed("3b/qat-lora");
    QVERIFY(request);
    QCOMPARE(request->shape, std::string("3b"));
    QVERIFY(request->variant == engine::RandomVariant::qatLora);
    QVERIFY(engine::randomModelNamed("1b/q4_0")->format == engine::RandomFormat::gguf);
    for (const char* bad : {"", "1b", "1b/", "/bf16", "1b/bf17", "9b/bf16", "1b/bf16/x", "../bf16"})
        QCOMPARE(engine::randomModelNamed(bad).error().code, engine::ErrorCode::invalidInput);
}

void TestRandomModelCache::makesAModelOnce_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("place");
    QTest::newRow("a folder") << "tiny/spinquant"
                              << "tiny-spinquant";
    QTest::newRow("a file") << "tiny/q4_0"
                            << "tiny-q4_0.gguf";
}

void TestRandomModelCache::makesAModelOnce() {
    QFETCH(QString, name);
    QFETCH(QString, place);
    const QTemporaryDir root;
    const fs::path folder = fs::path(root.path().toStdString()) / "not" / "there";
    const auto made = engine::cachedRandomModel(name.toStdString(), folder);
    QVERIFY2(made, made ? "" : made.error().message.c_str());
    QCOMPARE(made->string(), (folder / place.toStdString()).string());
    const auto written = fs::last_write_time(*made);
    QCOMPARE(engine::cachedRandomModel(name.toStdString(), folder)->string(), made->string());
    QVERIFY(fs::last_write_time(*made) == written);
    QCOMPARE(std::distance(fs::directory_iterator(folder), {}), 1);  // nothing half made beside it
}

void TestRandomModelCache::aStoppedModelLeavesNothing() {
    const QTemporaryDir root;
    const fs::path folder = root.path().toStdString();
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(!engine::cachedRandomModel("tiny/bf16", folder, stop.get_token()));
    QVERIFY(fs::is_empty(folder));
}

QTEST_APPLESS_MAIN(TestRandomModelCache)
#include "tst_random_model_cache.moc"
