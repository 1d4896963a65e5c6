#include <QtTest>
#include <cmath>

#include "engine/metrics/proportions.h"

/// Values of Newcombe 1998 (table 1, method 3) and of the binomial distribution counted by hand.
class TestProportions : public QObject {
    Q_OBJECT
private slots:
    void wilson_data();
    void wilson();
    void mcnemar_data();
    void mcnemar();
};

void TestProportions::wilson_data() {
    QTest::addColumn<int>("hits");
    QTest::addColumn<int>("n");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("81 of 263") << 81 << 263 << 0.2553 << 0.3662;
    QTest::newRow("15 of 148") << 15 << 148 << 0.0624 << 0.1605;
    QTest::newRow("0 of 20") << 0 << 20 << 0.0000 << 0.1611;
    QTest::newRow("1 of 29") << 1 << 29 << 0.0061 << 0.1718;
    QTest::newRow("20 of 20") << 20 << 20 << 0.8389 << 1.0000;
}

void TestProportions::wilson() {
    QFETCH(int, hits);
    QFETCH(int, n);
    QFETCH(double, low);
    QFETCH(double, high);
    const auto interval = engine::wilson95(hits, n);
    QVERIFY2(std::fabs(interval.low - low) < 1e-4, qPrintable(QString::number(interval.low)));
    QVERIFY2(std::fabs(interval.high - high) < 1e-4, qPrintable(QString::number(interval.high)));
}

void TestProportions::mcnemar_data() {
    QTest::addColumn<int>("lost");
    QTest::addColumn<int>("gained");
    QTest::addColumn<double>("p");
    QTest::newRow("none differs") << 0 << 0 << 1.0;
    QTest::newRow("even") << 4 << 4 << 1.0;
    QTest::newRow("1 and 6") << 1 << 6 << 16.0 / 128.0;
    QTest::newRow("6 and 1") << 6 << 1 << 16.0 / 128.0;
    QTest::newRow("0 and 5") << 0 << 5 << 2.0 / 32.0;
    QTest::newRow("2 and 8") << 2 << 8 << 2.0 * (1 + 10 + 45) / 1024.0;
}

void TestProportions::mcnemar() {
    QFETCH(int, lost);
    QFETCH(int, gained);
    QFETCH(double, p);
    QVERIFY(std::fabs(engine::mcnemarP(lost, gained) - p) < 1e-12);
}

QTEST_APPLESS_MAIN(TestProportions)
#include "tst_proportions.moc"
