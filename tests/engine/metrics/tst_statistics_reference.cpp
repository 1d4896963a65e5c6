#include <QtTest>
#include <nlohmann/json.hpp>

#include "engine/metrics/box_summary.h"
#include "engine/metrics/mann_whitney.h"
#include "engine/metrics/statistics.h"

/// Against NumPy and SciPy, and against counting every ordering.
class TestStatisticsReference : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void describesAsNumpyDoes();
    void ranksAsScipyDoes();
    void bootstrapNarrowsToScipysInterval();
    void exactPCountsOrderings_data();
    void exactPCountsOrderings();
    void choosesTheMethod();
    void leastPIsReached();
    void boxesAreTukeys();

private:
    nlohmann::json reference_;
};

namespace {

bool near(double a, double b) {
    return std::abs(a - b) <= 1e-10 * std::max({1.0, std::abs(a), std::abs(b)});
}

std::vector<double> values(const nlohmann::json& json) {
    return json.get<std::vector<double>>();
}

}  // namespace

void TestStatisticsReference::initTestCase() {
    QFile file(QStringLiteral(ANVEN_SOURCE_DIR "/tests/data/statistics/reference.json"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    reference_ = nlohmann::json::parse(file.readAll().toStdString(), nullptr, false);
    QVERIFY(reference_.is_object());
}

void TestStatisticsReference::describesAsNumpyDoes() {
    QVERIFY(reference_.at("descriptions").size() >= 8);
    for (const auto& entry : reference_.at("descriptions")) {
        const auto v = values(entry.at("values"));
        QVERIFY(near(engine::median(v), entry.at("median")));
        QVERIFY(near(engine::mean(v), entry.at("mean")));
        QVERIFY(near(engine::standardDeviation(v), entry.at("stddev")));
        QVERIFY(near(engine::geometricMean(v), entry.at("geometric_mean")));
        for (const auto& [p, expected] : entry.at("percentiles").items())
            QVERIFY2(near(engine::percentile(v, std::stod(p) / 100.0), expected), p.c_str());
    }
}

void TestStatisticsReference::ranksAsScipyDoes() {
    QVERIFY(reference_.at("mann_whitney").size() >= 20);
    for (const auto& entry : reference_.at("mann_whitney")) {
        const bool exact = entry.at("method") == "exact";
        const auto test =
            engine::mannWhitney(values(entry.at("a")), values(entry.at("b")),
                                exact ? engine::RankTestMethod::exact : engine::RankTestMethod::asymptotic);
        QVERIFY(test.has_value());
        QCOMPARE(test->exact, exact);
        const auto said = QByteArray::number(test->p, 'g', 17) + " for " + entry.dump().c_str();
        QVERIFY2(near(test->u, entry.at("u")), said.constData());
        QVERIFY2(near(test->p, entry.at("p")), said.constData());
    }
}

// Both are random; ours with 2000 draws lies within a few per cent of the width that 200 000 draws give.
void TestStatisticsReference::bootstrapNarrowsToScipysInterval() {
    for (const auto& entry : reference_.at("bootstrap_median")) {
        const auto v = values(entry.at("values"));
        const auto interval = engine::bootstrapMedian95(v, 42, 20000);
        QVERIFY(interval.has_value());
        QCOMPARE(*interval, *engine::bootstrapMedian95(v, 42, 20000));  // the seed decides
        const double low = entry.at("low");
        const double high = entry.at("high");
        const double slack = 0.06 * (high - low);
        QVERIFY2(std::abs(interval->low - low) <= slack && std::abs(interval->high - high) <= slack,
                 qPrintable(QString("[%1, %2], SciPy [%3, %4]")
                                .arg(interval->low)
                                .arg(interval->high)
                                .arg(low)
                                .arg(high)));
    }
}

void TestStatisticsReference::exactPCountsOrderings_data() {
    QTest::addColumn<int>("n");
    QTest::addColumn<int>("m");
    for (const auto& [n, m] : {std::pair(1, 4), std::pair(2, 3), std::pair(4, 4), std::pair(5, 7)})
        QTest::addRow("%d and %d", n, m) << n << m;
}

/// Walks over every way to deal n + m ranks to the two samples.
void TestStatisticsReference::exactPCountsOrderings() {
    QFETCH(int, n);
    QFETCH(int, m);
    std::vector<int> us;
    std::vector<double> all(static_cast<std::size_t>(n + m));
    for (unsigned deal = 0; deal < (1U << (n + m)); ++deal) {
        int ofA = 0;
        int u = 0;
        int bBelow = 0;
        for (int rank = 0; rank < n + m; ++rank)
            if ((deal >> rank) & 1U) {
                ++ofA;
                u += bBelow;
            } else {
                ++bBelow;
            }
        if (ofA == n)
            us.push_back(u);
    }
    for (unsigned deal = 0; deal < (1U << (n + m)); deal += 3) {
        std::vector<double> a;
        std::vector<double> b;
        for (int rank = 0; rank < n + m; ++rank)
            ((deal >> rank) & 1U ? a : b).push_back(rank * 1.5);
        if (static_cast<int>(a.size()) != n)
            continue;
        const auto test = engine::mannWhitney(a, b);
        QVERIFY(test && test->exact);
        const double larger = std::max(test->u, n * m - test->u);
        const auto beyond = std::count_if(us.begin(), us.end(), [&](int u) { return u >= larger; });
        QVERIFY(
            near(test->p, std::min(1.0, 2.0 * static_cast<double>(beyond) / static_cast<double>(us.size()))));
    }
}

void TestStatisticsReference::choosesTheMethod() {
    const std::vector<double> a{1, 2, 3, 4, 5};
    const std::vector<double> b{6, 7, 8, 9, 10};
    const std::vector<double> tied{5, 6, 7, 8, 9};
    QVERIFY(engine::mannWhitney(a, b)->exact);
    QVERIFY(!engine::mannWhitney(a, tied)->exact);
    std::vector<double> many(60);
    std::iota(many.begin(), many.end(), 100.0);
    QVERIFY(!engine::mannWhitney(a, many)->exact);
    QVERIFY(!engine::mannWhitney(a, many, engine::RankTestMethod::exact));
    QVERIFY(!engine::mannWhitney({}, b));
    const std::vector<double> same{3, 3, 3};
    QCOMPARE(engine::mannWhitney(same, same)->p, 1.0);
}

void TestStatisticsReference::leastPIsReached() {
    const std::vector<double> low{1, 2, 3, 4};
    const std::vector<double> high{5, 6, 7, 8};
    QVERIFY(near(engine::smallestRankP(4, 4), engine::mannWhitney(low, high)->p));
    QVERIFY(engine::smallestRankP(3, 3) >= 0.05);
    QVERIFY(engine::smallestRankP(4, 4) < 0.05);
}

void TestStatisticsReference::boxesAreTukeys() {
    const std::vector<double> v{1, 2, 3, 4, 5, 6, 7, 8, 9, 30, -20};
    const auto box = engine::boxSummary(v);
    QCOMPARE(box.q1, 2.5);
    QCOMPARE(box.median, 5.0);
    QCOMPARE(box.q3, 7.5);
    QCOMPARE(box.low, 1.0);
    QCOMPARE(box.high, 9.0);
    QCOMPARE(box.outliers, std::vector<double>({-20, 30}));
}

QTEST_GUILESS_MAIN(TestStatisticsReference)
#include "tst_statistics_reference.moc"
