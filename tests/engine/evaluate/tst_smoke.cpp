#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "engine/evaluate/smoke.h"
#include "engine/synthetic/random_model.h"

/// The four prompts on the embedded demo model's variants.
class TestSmoke : public QObject {
    Q_OBJECT
private slots:
    void stammering_data();
    void stammering();
    void aModelPassesAgainstItself();
    void aDepartureIsNamed();
    void stopsWhenAsked();
};

namespace {

engine::SmokeRequest requestFor(const std::string& model) {
    engine::SmokeRequest request;
    request.model.model = model;
    request.model.threads = 1;
    request.baseline = request.model;
    request.baseline.model = "demo:bf16";
    request.maxTokens = 32;
    return request;
}

}  // namespace

void TestSmoke::stammering_data() {
    QTest::addColumn<QString>("letters");  // one token each
    QTest::addColumn<bool>("stammers");
    QTest::newRow("short") << QString(23, 'a') << false;
    QTest::newRow("one token") << "xyz" + QString(24, 'a') << true;
    QTest::newRow("ended well") << QString(40, 'a') + "xyz" << false;
    QTest::newRow("eight in turn") << QString("abcdefgh").repeated(3) << true;
    QTest::newRow("nine in turn") << QString("abcdefghi").repeated(4) << false;
    QTest::newRow("prose") << "the quick brown fox jumps over the lazy dog" << false;
}

void TestSmoke::stammering() {
    QFETCH(QString, letters);
    std::vector<engine::TokenId> tokens;
    for (const QChar letter : letters)
        tokens.push_back(engine::TokenId{letter.unicode()});
    QTEST(engine::stammers(tokens), "stammers");
}

void TestSmoke::aModelPassesAgainstItself() {
    int done = 0;
    const auto result = engine::evaluateSmoke(requestFor("demo:bf16"), [&](std::int64_t, std::int64_t total) {
        QCOMPARE(total, std::int64_t{4});
        ++done;
    });
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QCOMPARE(done, 4);
    QCOMPARE(result->prompts.size(), std::size_t{4});
    QVERIFY2(result->passed, result->problem.c_str());
    QCOMPARE(result->klMean, 0.0);
    QCOMPARE(result->top1Agreement, 1.0);
    for (const auto& prompt : result->prompts)
        QCOMPARE(prompt.text, prompt.baselineText);
}

void TestSmoke::aDepartureIsNamed() {
    QTemporaryDir folder;
    const auto noiseOf = [&](const char* name, std::uint64_t seed) {
        const auto path = std::filesystem::path(folder.path().toStdString()) / name;
        engine::RandomModelRequest random;
        random.shape = "tiny";
        random.out = path;
        random.seed = seed;
        [&] { QVERIFY(engine::makeRandomModel(random).has_value()); }();
        return path.string();
    };
    auto request = requestFor(noiseOf("one", 1));
    request.baseline.model = noiseOf("two", 2);
    const auto result = engine::evaluateSmoke(request);
    QVERIFY2(result.has_value(), result ? "" : result.error().message.c_str());
    QVERIFY(result->klMean > 0.0 && std::isfinite(result->klMean));
    QVERIFY(result->top1Agreement < 0.5);
    QVERIFY(!result->passed);
    QVERIFY2(result->problem.find("agrees with the baseline") != std::string::npos, result->problem.c_str());
}

void TestSmoke::stopsWhenAsked() {
    std::stop_source stop;
    stop.request_stop();
    const auto result = engine::evaluateSmoke(requestFor("demo:bf16"), {}, stop.get_token());
    QVERIFY(!result);
    QCOMPARE(result.error().code, engine::ErrorCode::cancelled);
}

QTEST_APPLESS_MAIN(TestSmoke)
#include "tst_smoke.moc"
