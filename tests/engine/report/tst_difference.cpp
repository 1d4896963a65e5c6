#include <QtTest>
#include <limits>

#include "engine/report/difference.h"
#include "tests/engine/report/sample_report.h"

using engine::Verdict;

/// One lane against another in words; what the spread cannot carry is "no difference seen".
class TestDifference : public QObject {
    Q_OBJECT
private slots:
    void comparesValues_data();
    void comparesValues();
    void comparesRepeatedMeasurements_data();
    void comparesRepeatedMeasurements();
    void aMissingMetricIsNotCompared();
};

void TestDifference::comparesValues_data() {
    QTest::addColumn<QString>("metric");
    QTest::addColumn<double>("value");
    QTest::addColumn<double>("reference");
    QTest::addColumn<int>("verdict");
    QTest::addColumn<QString>("words");
    const auto row = [](const char* name, const char* metric, double value, double reference, Verdict verdict,
                        const char* words) {
        QTest::newRow(name) << QString(metric) << value << reference << static_cast<int>(verdict)
                            << QString(words);
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    row("twice the speed", "decode_tokens_per_s", 210.0, 100.0, Verdict::better, "2.1× faster");
    row("half the speed", "decode_tokens_per_s", 50.0, 100.0, Verdict::worse, "2.0× slower");
    row("a shorter wait", "ttft_ms", 40.0, 100.0, Verdict::better, "2.5× faster");
    row("a longer wait", "ttft_ms", 200.0, 100.0, Verdict::worse, "2.0× slower");
    row("a little faster", "decode_tokens_per_s", 110.0, 100.0, Verdict::better, "+10 %");
    row("a little slower to begin", "ttft_ms", 105.0, 100.0, Verdict::worse, "+5.0 %");
    row("less memory", "peak_rss_bytes", 37.0, 100.0, Verdict::better, "−63 %");
    row("more energy", "joules_per_token", 3.0, 1.0, Verdict::worse, "+200 %");
    row("less agreement", "top1", 0.75, 1.0, Verdict::worse, "−25 %");
    row("one percent", "decode_tokens_per_s", 101.0, 100.0, Verdict::same, "≈ the same");
    row("no reference", "ttft_ms", 5.0, 0.0, Verdict::none, "");
    row("no value", "ttft_ms", nan, 5.0, Verdict::none, "");
    row("negative", "ttft_ms", -1.0, 5.0, Verdict::none, "");
}

void TestDifference::comparesValues() {
    QFETCH(QString, metric);
    QFETCH(double, value);
    QFETCH(double, reference);
    const auto difference = engine::compareValues(metric.toStdString(), value, reference);
    QTEST(static_cast<int>(difference.verdict), "verdict");
    QTEST(QString::fromStdString(difference.words), "words");
}

void TestDifference::comparesRepeatedMeasurements_data() {
    QTest::addColumn<QList<double>>("lane");
    QTest::addColumn<QList<double>>("reference");
    QTest::addColumn<int>("verdict");
    QTest::addColumn<QString>("words");
    QTest::newRow("far apart") << QList<double>{200, 201, 199, 200} << QList<double>{100, 101, 99, 100}
                               << static_cast<int>(Verdict::better) << "2.0× faster";
    QTest::newRow("the spreads overlap")
        << QList<double>{90, 130, 100, 120} << QList<double>{95, 125, 85, 110}
        << static_cast<int>(Verdict::same) << "no difference seen";
    QTest::newRow("one measurement has no spread")
        << QList<double>{130} << QList<double>{100} << static_cast<int>(Verdict::single) << "+30 %, n = 1";
}

void TestDifference::comparesRepeatedMeasurements() {
    QFETCH(QList<double>, lane);
    QFETCH(QList<double>, reference);
    engine::LaneReport a;
    engine::LaneReport b;
    reporttest::addSamples(a, "decode", 0, 8, 0, "decode_tokens_per_s", "tok/s", {lane.begin(), lane.end()});
    reporttest::addSamples(b, "decode", 0, 8, 0, "decode_tokens_per_s", "tok/s",
                           {reference.begin(), reference.end()});
    const auto difference = engine::compareSummaries(a, b, "decode_tokens_per_s");
    QTEST(static_cast<int>(difference.verdict), "verdict");
    QTEST(QString::fromStdString(difference.words), "words");
}

void TestDifference::aMissingMetricIsNotCompared() {
    const auto report = reporttest::sampleReport();
    QCOMPARE(engine::compareSummaries(report.lanes[0], report.lanes[1], "load_ms").verdict, Verdict::none);
}

QTEST_GUILESS_MAIN(TestDifference)
#include "tst_difference.moc"
