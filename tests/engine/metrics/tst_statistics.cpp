#include <QtTest>
#include <cmath>

#include "engine/metrics/statistics.h"

/// Statistics against values that NumPy gives, and intervals against what an interval must do.
class TestStatistics : public QObject {
    Q_OBJECT
private slots:
    void percentiles_data();
    void percentiles();
    void moments_data();
    void moments();
    void intervalsHoldTheStatistic_data();
    void intervalsHoldTheStatistic();
    void intervalsAreDeterministic();
    void aSmallSampleHasNoInterval();
    void aConstantHasAPointInterval();
    void intervalsCoverTheTruth();
    void ratioCrossesOneWithoutADifference();
    void percentilesNeedEnoughSamples_data();
    void percentilesNeedEnoughSamples();
};

namespace {

using Values = QList<double>;

std::span<const double> view(const Values& values) {
    return {values.data(), static_cast<std::size_t>(values.size())};
}

bool near(double a, double b) {
    return std::fabs(a - b) <= 1e-12 * std::max(1.0, std::fabs(b));
}

/// Uniform in [0, 1), the same on every machine.
double uniform(std::uint64_t& state) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) * 0x1.0p-53;
}

std::vector<double> drawn(std::size_t n, std::uint64_t& state) {
    std::vector<double> values(n);
    for (double& value : values)
        value = 10.0 + uniform(state);
    return values;
}

}  // namespace

void TestStatistics::percentiles_data() {
    QTest::addColumn<Values>("values");
    QTest::addColumn<double>("p");
    QTest::addColumn<double>("expected");
    const Values four{4.0, 1.0, 3.0, 2.0};
    QTest::newRow("lowest") << four << 0.0 << 1.0;
    QTest::newRow("highest") << four << 1.0 << 4.0;
    QTest::newRow("median of an even number") << four << 0.5 << 2.5;
    QTest::newRow("a quarter") << four << 0.25 << 1.75;
    QTest::newRow("ninety percent") << four << 0.9 << 3.7;
    QTest::newRow("median of an odd number") << Values{9.0, 1.0, 5.0} << 0.5 << 5.0;
    QTest::newRow("one value") << Values{7.0} << 0.99 << 7.0;
    QTest::newRow("ties") << Values{2.0, 2.0, 2.0, 8.0} << 0.5 << 2.0;
}

void TestStatistics::percentiles() {
    QFETCH(Values, values);
    QFETCH(double, p);
    QFETCH(double, expected);
    QVERIFY(near(engine::percentile(view(values), p), expected));
}

void TestStatistics::moments_data() {
    QTest::addColumn<Values>("values");
    QTest::addColumn<double>("mean");
    QTest::addColumn<double>("deviation");
    QTest::addColumn<double>("geometric");
    QTest::newRow("one") << Values{5.0} << 5.0 << 0.0 << 5.0;
    QTest::newRow("two") << Values{1.0, 4.0} << 2.5 << std::sqrt(4.5) << 2.0;
    QTest::newRow("eight") << Values{2, 4, 4, 4, 5, 5, 7, 9} << 5.0 << std::sqrt(32.0 / 7.0)
                           << std::pow(2.0 * 64.0 * 25.0 * 63.0, 0.125);
    QTest::newRow("far from zero") << Values{1e9 + 1, 1e9 + 2, 1e9 + 3} << 1e9 + 2 << 1.0
                                   << std::cbrt((1e9 + 1) * (1e9 + 2) * (1e9 + 3));
}

void TestStatistics::moments() {
    QFETCH(Values, values);
    QFETCH(double, mean);
    QFETCH(double, deviation);
    QFETCH(double, geometric);
    QVERIFY(near(engine::mean(view(values)), mean));
    QVERIFY(near(engine::standardDeviation(view(values)), deviation));
    QVERIFY(std::fabs(engine::geometricMean(view(values)) / geometric - 1.0) < 1e-9);
}

void TestStatistics::intervalsHoldTheStatistic_data() {
    QTest::addColumn<Values>("values");
    QTest::newRow("two") << Values{1.0, 3.0};
    QTest::newRow("with an outlier") << Values{10.0, 11.0, 9.0, 10.5, 100.0};
    QTest::newRow("negative") << Values{-5.0, -4.0, -6.0, -5.5};
}

void TestStatistics::intervalsHoldTheStatistic() {
    QFETCH(Values, values);
    const auto ofMedian = engine::bootstrapMedian95(view(values));
    const auto ofMean = engine::bootstrapMean95(view(values));
    QVERIFY(ofMedian && ofMean);
    const double median = engine::median(view(values));
    const double mean = engine::mean(view(values));
    QVERIFY(ofMedian->low <= median && median <= ofMedian->high);
    QVERIFY(ofMean->low <= mean && mean <= ofMean->high);
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    QVERIFY(ofMean->low >= *least && ofMean->high <= *most);
}

void TestStatistics::intervalsAreDeterministic() {
    std::uint64_t state = 5;
    const auto values = drawn(20, state);
    QVERIFY(engine::bootstrapMean95(values) == engine::bootstrapMean95(values));
    QVERIFY(engine::bootstrapMean95(values, 1) != engine::bootstrapMean95(values, 2));
}

void TestStatistics::aSmallSampleHasNoInterval() {
    const std::vector<double> one{5.0};
    const std::vector<double> two{5.0, 6.0};
    QVERIFY(!engine::bootstrapMedian95(one) && !engine::bootstrapMean95(one) &&
            !engine::bootstrapMedian95({}));
    QVERIFY(!engine::bootstrapRatio95(one, two) && !engine::bootstrapRatio95(two, one));
    QVERIFY(!engine::bootstrapRatio95(two, std::vector<double>{0.0, 0.0}));  // nothing is a multiple of zero
    QVERIFY(!engine::summarize(one).ci95.has_value());
}

void TestStatistics::aConstantHasAPointInterval() {
    const std::vector<double> constant(10, 3.0);
    QVERIFY((engine::bootstrapMedian95(constant) == engine::Interval{3.0, 3.0}));
    QVERIFY((engine::bootstrapRatio95(constant, constant) == engine::Interval{1.0, 1.0}));
}

// 300 samples of 30 from a distribution of mean 10.5: a 95 % interval holds it about 285 times.
void TestStatistics::intervalsCoverTheTruth() {
    std::uint64_t state = 20240925;
    int holds = 0;
    for (int i = 0; i < 300; ++i) {
        const auto interval = engine::bootstrapMean95(drawn(30, state), 42, 500);
        holds += interval->low <= 10.5 && 10.5 <= interval->high ? 1 : 0;
    }
    QVERIFY2(holds >= 270 && holds <= 297, qPrintable(QString::number(holds)));
}

void TestStatistics::ratioCrossesOneWithoutADifference() {
    std::uint64_t state = 3;
    const auto a = drawn(20, state);
    const auto b = drawn(20, state);
    auto faster = b;
    for (double& value : faster)
        value *= 1.5;
    const auto same = engine::bootstrapRatio95(a, b);
    QVERIFY(same->low < 1.0 && same->high > 1.0);
    const auto different = engine::bootstrapRatio95(faster, b);
    QVERIFY(different->low > 1.0 && different->low < 1.5 && different->high > 1.5);
}

void TestStatistics::percentilesNeedEnoughSamples_data() {
    QTest::addColumn<int>("n");
    QTest::addColumn<bool>("p90");
    QTest::addColumn<bool>("p99");
    QTest::newRow("9") << 9 << false << false;
    QTest::newRow("10") << 10 << true << false;
    QTest::newRow("999") << 999 << true << false;
    QTest::newRow("1000") << 1000 << true << true;
}

void TestStatistics::percentilesNeedEnoughSamples() {
    QFETCH(int, n);
    std::vector<double> values;
    for (int i = n; i > 0; --i)
        values.push_back(i);
    const auto summary = engine::summarize(values);
    QTEST(summary.p90.has_value(), "p90");
    QTEST(summary.p99.has_value(), "p99");
    QCOMPARE(summary.n, n);
    QCOMPARE(summary.min, 1.0);
    QCOMPARE(summary.max, static_cast<double>(n));
    QCOMPARE(summary.median, (n + 1) / 2.0);
    QCOMPARE(summary.p50, summary.median);
    QVERIFY(near(summary.mean, (n + 1) / 2.0));
    if (summary.p99)
        QVERIFY(near(*summary.p99, 990.01));
}

QTEST_GUILESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
