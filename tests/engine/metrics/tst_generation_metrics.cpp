#include <QtTest>
#include <cmath>

#include "engine/metrics/generation_metrics.h"

using namespace std::chrono_literals;

/// The definitions of TTFT, prefill, decode, ITL and TPOT on time stamps that the test makes.
class TestGenerationMetrics : public QObject {
    Q_OBJECT
private slots:
    void followsTheDefinitions();
    void shortAnswersLeaveValuesUndefined_data();
    void shortAnswersLeaveValuesUndefined();
    void percentilesNeedEnoughGaps();
    void peakMemoryIsKnown();
};

namespace {

/// Accepted at 0, prefill from 2 to 12 ms, tokens at the given milliseconds.
engine::GenerationTimes timesWith(const std::vector<double>& tokens) {
    engine::GenerationTimes times;
    times.accepted = engine::TimePoint(1h);
    times.prefillBegin = times.accepted + 2ms;
    times.prefillEnd = times.accepted + 12ms;
    for (const double token : tokens)
        times.tokens.push_back(times.accepted +
                               std::chrono::nanoseconds(static_cast<std::int64_t>(token * 1e6)));
    return times;
}

bool near(std::optional<double> value, double expected) {
    return value && std::fabs(*value - expected) < 1e-9 * std::fabs(expected);
}

}  // namespace

void TestGenerationMetrics::followsTheDefinitions() {
    const auto metrics = engine::deriveMetrics(timesWith({13.0, 15.0, 19.0, 20.0, 23.0}), 40);
    QCOMPARE(metrics.promptTokens, 40);
    QCOMPARE(metrics.generatedTokens, 5);
    QVERIFY(near(metrics.ttftMs, 13.0));                    // from acceptance, not from the prefill
    QVERIFY(near(metrics.prefillTokensPerSecond, 4000.0));  // 40 tokens in 10 ms
    QVERIFY(near(metrics.decodeTokensPerSecond, 400.0));    // 4 gaps in 10 ms
    QCOMPARE(metrics.itlMs.size(), std::size_t{4});
    const double gaps[] = {2.0, 4.0, 1.0, 3.0};
    for (std::size_t i = 0; i < 4; ++i)
        QVERIFY(near(metrics.itlMs[i], gaps[i]));
    QVERIFY(near(metrics.tpotMs, 2.5));
    QVERIFY(near(metrics.itlP50Ms, 2.5));
    QVERIFY(!metrics.energy.joules);
}

void TestGenerationMetrics::shortAnswersLeaveValuesUndefined_data() {
    QTest::addColumn<QList<double>>("tokens");
    QTest::addColumn<int>("prompt");
    QTest::addColumn<bool>("ttft");
    QTest::addColumn<bool>("prefill");
    QTest::addColumn<bool>("decode");
    QTest::newRow("no token") << QList<double>{} << 10 << false << true << false;
    QTest::newRow("one token") << QList<double>{13.0} << 10 << true << true << false;
    QTest::newRow("two tokens") << QList<double>{13.0, 14.0} << 10 << true << true << true;
    QTest::newRow("nothing to prefill") << QList<double>{13.0, 14.0} << 0 << true << false << true;
    QTest::newRow("two at the same instant") << QList<double>{13.0, 13.0} << 10 << true << true << false;
}

void TestGenerationMetrics::shortAnswersLeaveValuesUndefined() {
    QFETCH(QList<double>, tokens);
    QFETCH(int, prompt);
    const auto metrics = engine::deriveMetrics(timesWith({tokens.begin(), tokens.end()}), prompt);
    QTEST(metrics.ttftMs.has_value(), "ttft");
    QTEST(metrics.prefillTokensPerSecond.has_value(), "prefill");
    QTEST(metrics.decodeTokensPerSecond.has_value(), "decode");
    QCOMPARE(metrics.tpotMs.has_value(), tokens.size() > 1);
}

void TestGenerationMetrics::percentilesNeedEnoughGaps() {
    std::vector<double> tokens;
    for (int i = 0; i <= 10; ++i)
        tokens.push_back(13.0 + i * i);  // gaps 1, 3, 5, … 19
    const auto metrics = engine::deriveMetrics(timesWith(tokens), 1);
    QVERIFY(near(metrics.itlP90Ms, 17.2));
    QVERIFY(!metrics.itlP99Ms);
    tokens.pop_back();
    QVERIFY(!engine::deriveMetrics(timesWith(tokens), 1).itlP90Ms);
}

void TestGenerationMetrics::peakMemoryIsKnown() {
    const auto before = engine::peakRssBytes();
    QVERIFY(before && *before > 1 << 20);
    std::vector<char> block(std::size_t{64} << 20, 'x');  // touched, so it counts
    QVERIFY(block.back() == 'x');
    const auto after = engine::peakRssBytes();
    QVERIFY2(*after >= *before + (32 << 20), qPrintable(QString("%1 then %2").arg(*before).arg(*after)));
    block = {};
    QVERIFY(*engine::peakRssBytes() >= *after);  // a peak never falls
}

QTEST_GUILESS_MAIN(TestGenerationMetrics)
#include "tst_generation_metrics.moc"
