#include <QtTest>
#include <cmath>

#include "engine/benchmark/repetition_rules.h"

using engine::measuredEnough;
using engine::RepetitionRule;
using engine::warmedUp;
using engine::WarmupRule;
using Values = std::vector<double>;

/// When a test has run often enough, by values alone.
class TestRepetitionRules : public QObject {
    Q_OBJECT
private slots:
    void aFixedWarmupCounts();
    void anAdaptiveWarmupEndsWhereMediansAgree_data();
    void anAdaptiveWarmupEndsWhereMediansAgree();
    void aFixedNumberIsMeasuredExactly();
    void anIntervalThatIsNarrowEnds();
    void aWideIntervalGoesOnToTheMost();
    void theMinimumComesFirst();
    void zerosHaveNoWidth() { QVERIFY(std::isinf(engine::intervalWidthPercent(Values{0.0, 0.0, 0.0}))); }
};

void TestRepetitionRules::aFixedWarmupCounts() {
    QVERIFY(warmedUp({0, 0.0}, Values{}));
    QVERIFY(!warmedUp({2, 0.0}, Values{5.0}));
    QVERIFY(warmedUp({2, 0.0}, Values{5.0, 50.0}));
}

/// How many of these runs an adaptive warm-up takes.
void TestRepetitionRules::anAdaptiveWarmupEndsWhereMediansAgree_data() {
    QTest::addColumn<QList<double>>("runs");
    QTest::addColumn<int>("taken");
    QTest::newRow("steady from the start") << QList<double>{100, 101, 99, 100} << 2;
    // medians: 200, 150, 100, 100
    QTest::newRow("a slow first run") << QList<double>{200, 100, 100, 100, 100} << 4;
    // medians: 100, 110 (10 % away), 120, 140, 160, 180
    QTest::newRow("slower and slower") << QList<double>{100, 120, 140, 160, 180, 200, 220} << 6;
}

void TestRepetitionRules::anAdaptiveWarmupEndsWhereMediansAgree() {
    QFETCH(QList<double>, runs);
    QFETCH(int, taken);
    const WarmupRule rule{6, 5.0};
    Values values;
    while (!warmedUp(rule, values))
        values.push_back(runs[static_cast<qsizetype>(values.size())]);
    QCOMPARE(static_cast<int>(values.size()), taken);
}

void TestRepetitionRules::aFixedNumberIsMeasuredExactly() {
    const RepetitionRule rule{2, 4, 0.0};
    QVERIFY(!measuredEnough(rule, Values{1, 1, 1}));
    QVERIFY(measuredEnough(rule, Values{1, 9, 1, 9}));
}

void TestRepetitionRules::anIntervalThatIsNarrowEnds() {
    const RepetitionRule rule{3, 100, 5.0};
    QVERIFY(!measuredEnough(rule, Values{100, 100}));
    QVERIFY(measuredEnough(rule, Values{100, 100, 100}));
    // Every bootstrap median lies between the least and the most value: 4 % at most.
    QVERIFY(measuredEnough(rule, Values{98, 100, 102, 100}));
}

void TestRepetitionRules::aWideIntervalGoesOnToTheMost() {
    const RepetitionRule rule{3, 8, 5.0};
    Values values;
    while (!measuredEnough(rule, values))
        values.push_back(values.size() % 2 == 0 ? 50.0 : 150.0);
    QCOMPARE(values.size(), std::size_t{8});
}

void TestRepetitionRules::theMinimumComesFirst() {
    Values values;
    while (!measuredEnough({7, 20, 50.0}, values))
        values.push_back(10.0);
    QCOMPARE(values.size(), std::size_t{7});
    values.clear();
    while (!measuredEnough({1, 20, 50.0}, values))  // one value has no interval
        values.push_back(10.0);
    QCOMPARE(values.size(), std::size_t{2});
}

QTEST_APPLESS_MAIN(TestRepetitionRules)
#include "tst_repetition_rules.moc"
