#include <QtTest>
#include <cmath>

#include "engine/evaluate/divergence.h"

/// KL divergence, agreement and log-likelihood of single distributions, against what a person computes.
class TestDivergence : public QObject {
    Q_OBJECT
private slots:
    void klIsInNats_data();
    void klIsInNats();
    void agreementIsTheLowestBestToken_data();
    void agreementIsTheLowestBestToken();
    void likelihoodIsOfTheTarget_data();
    void likelihoodIsOfTheTarget();
};

namespace {

std::vector<float> logsOf(const QList<double>& probabilities, double shift) {
    std::vector<float> logits;
    for (const double p : probabilities)
        logits.push_back(static_cast<float>(std::log(p) + shift));
    return logits;
}

bool near(double a, double b) {
    return std::fabs(a - b) < 2e-6;
}

}  // namespace

void TestDivergence::klIsInNats_data() {
    QTest::addColumn<QList<double>>("reference");
    QTest::addColumn<QList<double>>("lane");
    QTest::addColumn<double>("kl");
    QTest::newRow("the same") << QList<double>{0.5, 0.25, 0.25} << QList<double>{0.5, 0.25, 0.25} << 0.0;
    QTest::newRow("two tokens") << QList<double>{0.5, 0.5} << QList<double>{0.25, 0.75}
                                << 0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3.0);
    QTest::newRow("not symmetric") << QList<double>{0.25, 0.75} << QList<double>{0.5, 0.5}
                                   << 0.25 * std::log(0.5) + 0.75 * std::log(1.5);
}

void TestDivergence::klIsInNats() {
    QFETCH(QList<double>, reference);
    QFETCH(QList<double>, lane);
    QFETCH(double, kl);
    // Logits are probabilities up to a constant, however large.
    const double found = engine::divergence(logsOf(reference, 0.0), logsOf(lane, 0.0)).kl;
    QVERIFY2(near(found, kl), qPrintable(QString::number(found)));
    QVERIFY(std::fabs(engine::divergence(logsOf(reference, 90.0), logsOf(lane, -90.0)).kl - kl) < 2e-5);
}

void TestDivergence::agreementIsTheLowestBestToken_data() {
    QTest::addColumn<QList<double>>("reference");
    QTest::addColumn<QList<double>>("lane");
    QTest::addColumn<bool>("same");
    QTest::newRow("same best") << QList<double>{0.1, 0.6, 0.3} << QList<double>{0.3, 0.4, 0.3} << true;
    QTest::newRow("other best") << QList<double>{0.1, 0.6, 0.3} << QList<double>{0.1, 0.3, 0.6} << false;
    QTest::newRow("a tie goes to the lowest id")
        << QList<double>{0.4, 0.4, 0.2} << QList<double>{0.5, 0.3, 0.2} << true;
}

void TestDivergence::agreementIsTheLowestBestToken() {
    QFETCH(QList<double>, reference);
    QFETCH(QList<double>, lane);
    QTEST(engine::divergence(logsOf(reference, 0.0), logsOf(lane, 0.0)).sameTop1, "same");
}

void TestDivergence::likelihoodIsOfTheTarget_data() {
    QTest::addColumn<int>("target");
    QTest::addColumn<double>("nll");
    QTest::newRow("likely") << 0 << std::log(2.0);
    QTest::newRow("unlikely") << 2 << std::log(8.0);
}

void TestDivergence::likelihoodIsOfTheTarget() {
    QFETCH(int, target);
    QFETCH(double, nll);
    const double found = engine::negativeLogLikelihood(logsOf({0.5, 0.375, 0.125}, 3.0), target);
    QVERIFY2(near(found, nll), qPrintable(QString::number(found)));
}

QTEST_GUILESS_MAIN(TestDivergence)
#include "tst_divergence.moc"
