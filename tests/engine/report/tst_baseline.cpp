#include <QtTest>

#include "engine/report/baseline.h"
#include "tests/engine/report/sample_report.h"

/// Lanes against the lane of a baseline run, in words that never claim more than the samples say.
class TestBaseline : public QObject {
    Q_OBJECT
private slots:
    void readsDifferences_data();
    void readsDifferences();
    void matchesModelVariantThenConditions();
    void theBaselineItselfIsNamed();
    void anotherModelIsNotCompared();
};

namespace {

engine::RunReport runWith(std::int64_t id, const std::vector<double>& speeds,
                          const char* metric = "decode_tokens_per_s", const char* unit = "tok/s") {
    engine::RunReport report;
    report.run.id = id;
    engine::LaneReport lane;
    lane.lane.id = id * 10;
    lane.lane.runId = id;
    lane.lane.name = "Lane";
    lane.lane.variant = "SpinQuant";
    lane.lane.modelName = "Model";
    lane.lane.kernelSpec = "avx2";
    lane.lane.threads = 2;
    reporttest::addSamples(lane, "decode", 0, 64, 0, metric, unit, speeds);
    report.lanes.push_back(lane);
    return report;
}

}  // namespace

void TestBaseline::readsDifferences_data() {
    QTest::addColumn<QString>("metric");
    QTest::addColumn<QList<double>>("mine");
    QTest::addColumn<QList<double>>("base");
    QTest::addColumn<int>("verdict");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const char* metric, QList<double> mine, QList<double> base,
                        engine::Verdict verdict, const char* words) {
        QTest::newRow(name) << metric << mine << base << static_cast<int>(verdict)
                            << QString::fromUtf8(words);
    };
    const QList<double> slow{100, 101, 102, 103, 104};
    const QList<double> fast{120, 121, 122, 123, 124};
    using engine::Verdict;
    row("faster", "decode_tokens_per_s", fast, slow, Verdict::better, "+20 % ▲ p = 0.008");
    row("slower", "decode_tokens_per_s", slow, fast, Verdict::worse, "−16 % ▼ p = 0.008");
    row("less time", "ttft_ms", slow, fast, Verdict::better, "−16 % ▼ p = 0.008");
    row("more time", "ttft_ms", fast, slow, Verdict::worse, "+20 % ▲ p = 0.008");
    row("alike", "decode_tokens_per_s", {100, 102, 104, 106, 108}, {101, 103, 105, 107, 99}, Verdict::same,
        "≈ no significant difference");
    row("three a side can never be significant", "decode_tokens_per_s", {120, 121, 122}, {100, 101, 102},
        Verdict::single, "+20 %, n too small");
    row("single values", "decode_tokens_per_s", {102}, {100}, Verdict::single, "+2.0 %, n too small");
}

void TestBaseline::readsDifferences() {
    QFETCH(QString, metric);
    QFETCH(QList<double>, mine);
    QFETCH(QList<double>, base);
    QFETCH(int, verdict);
    const auto name = metric.toStdString();
    const auto a = runWith(2, {mine.begin(), mine.end()}, name.c_str(), "");
    const auto b = runWith(1, {base.begin(), base.end()}, name.c_str(), "");
    const auto reading = engine::compareWithBaseline(a.lanes[0], b, name);
    QCOMPARE(static_cast<int>(reading.verdict), verdict);
    QTEST(QString::fromStdString(reading.words), "words");
    const auto sentence = QString::fromStdString(reading.sentence);
    QVERIFY2(sentence.contains("run 1") && sentence.contains(QString("n = %1").arg(mine.size())),
             qPrintable(sentence));
    if (reading.verdict == engine::Verdict::same)
        QVERIFY(sentence.contains("no significant difference (p = "));
}

void TestBaseline::matchesModelVariantThenConditions() {
    auto base = runWith(1, {1, 2});
    for (const auto& [kernels, threads] :
         {std::pair("avx512", 2), std::pair("avx2", 4), std::pair("avx2", 2)}) {
        auto lane = base.lanes[0];
        lane.lane.kernelSpec = kernels;
        lane.lane.threads = threads;
        lane.lane.id = static_cast<std::int64_t>(base.lanes.size()) + 100;
        base.lanes.push_back(lane);
    }
    base.lanes.erase(base.lanes.begin());
    auto wanted = runWith(2, {1, 2}).lanes[0];
    QCOMPARE(engine::baselineLane(wanted, base)->lane.id, base.lanes[2].lane.id);
    wanted.lane.kernelSpec = "reference";
    QCOMPARE(engine::baselineLane(wanted, base)->lane.threads, 2);
}

void TestBaseline::theBaselineItselfIsNamed() {
    const auto run = runWith(1, {1, 2});
    QCOMPARE(engine::compareWithBaseline(run.lanes[0], run, "decode_tokens_per_s").words,
             std::string("baseline"));
}

void TestBaseline::anotherModelIsNotCompared() {
    auto lane = runWith(2, {1, 2}).lanes[0];
    const auto base = runWith(1, {1, 2});
    lane.lane.modelName = "Other";
    QVERIFY(engine::baselineLane(lane, base) == nullptr);
    QCOMPARE(engine::compareWithBaseline(lane, base, "decode_tokens_per_s").words, std::string());
}

QTEST_GUILESS_MAIN(TestBaseline)
#include "tst_baseline.moc"
